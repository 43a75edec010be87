import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import { useSpeech } from '../language.tsx';

interface PageProps {
  readonly title: string;
  /** Beside the title, in quiet words. */
  readonly aside?: ReactNode;
  /** At the right end of the title's line. */
  readonly end?: ReactNode;
  /** Where this page belongs. */
  readonly back?: { readonly to: string; readonly text: string };
  readonly children: ReactNode;
  readonly className?: string;
}

// The first page of a window begins at its top, where the skip link is.
const opened = { first: true };

/** One page of the desk: its one h1, the way back, what it shows. */
export function Page({ title, aside, end, back, children, className = '' }: PageProps) {
  const { t } = useSpeech();
  useEffect(() => {
    document.title = `${title} · ${t('desk.name')}`;
  }, [title, t]);
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  // On another page the focus goes to what it shows: the link that had it is gone.
  useEffect(() => {
    if (opened.first) opened.first = false;
    else if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <main className={`pane ${className}`} id="main" tabIndex={-1} ref={main}>
      {back === undefined ? null : (
        <p className="crumb">
          <Link to={back.to}>{back.text}</Link>
        </p>
      )}
      <div className="head">
        <h1>{title}</h1>
        {aside === undefined ? null : <span className="quiet">{aside}</span>}
        {end === undefined ? null : <span className="end">{end}</span>}
      </div>
      {children}
    </main>
  );
}
