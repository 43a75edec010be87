import { type ReactNode, useEffect } from 'react';
import { Link } from 'react-router';
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

/** One page of the desk: its one h1, the way back, what it shows. */
export function Page({ title, aside, end, back, children, className = '' }: PageProps) {
  const { t } = useSpeech();
  useEffect(() => {
    document.title = `${title} · ${t('desk.name')}`;
  }, [title, t]);
  return (
    <main className={`pane ${className}`} id="main" tabIndex={-1}>
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
