import { Button } from 'antd';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { Fault, Refused } from '../api.ts';
import type { Asked } from '../asking.ts';
import { useSpeech } from '../language.tsx';
import { Status } from './words.tsx';

const patience = 300;

/** Nothing under 300 ms, then words in the place. */
export function Reading() {
  const { t } = useSpeech();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className="reading" role="status">
      {late ? t('reading') : ''}
    </p>
  );
}

function placeOf(fault: Fault, line: (n: number) => string): string {
  return [
    fault.line === undefined ? '' : line(fault.line),
    fault.column ?? '',
    fault.value === undefined ? '' : `“${fault.value}”`,
  ]
    .filter((p) => p !== '')
    .join(' · ');
}

/**
 * What was refused: what, where, what to do, and the code for whom one asks for help. Takes the focus, unless it is quiet. What waits for a
 * second person is told as information.
 */
export function Faults(props: {
  readonly fault: Refused;
  /** The same was already said above it: it stands in its place and does not interrupt again. */
  readonly quiet?: boolean;
  /** What was refused, in words, where the place does not say it. */
  readonly title?: string;
  readonly again?: () => void;
}) {
  const { fault, again, quiet = false } = props;
  const { t } = useSpeech();
  const { waits } = fault;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (fault.faults.length > 0 && !quiet) box.current?.focus();
  }, [fault, quiet]);
  if (waits !== null) return <Waits fault={fault} proposal={waits} />;
  return (
    <div className="errs" role={quiet ? undefined : 'alert'} tabIndex={-1} ref={box}>
      <h2>{props.title ?? t('refused')}</h2>
      <ul>
        {fault.faults.map((f, i) => (
          <li key={`${f.code} ${f.line ?? ''} ${f.column ?? ''} ${i}`}>
            <b>{f.message}</b>
            {placeOf(f, (line) => t('line', { line })) === '' ? null : (
              <span className="where"> {placeOf(f, (line) => t('line', { line }))}</span>
            )}
            <span className="mend"> {f.mend}</span>{' '}
            <span className="mini">{t('error-code', { code: f.code })}</span>
          </li>
        ))}
      </ul>
      {again === undefined ? null : <Button onClick={again}>{t('again')}</Button>}
    </div>
  );
}

/** Nothing went wrong: it was put forward, and somebody else goes on with it. */
function Waits({ fault, proposal }: { readonly fault: Refused; readonly proposal: string }) {
  const { t } = useSpeech();
  return (
    <Told>
      <p>
        <Status kind="run">{t('proposals.put')}</Status>
      </p>
      {fault.faults.map((f) => (
        <p key={f.code}>
          <b>{f.message}</b> {f.mend}
        </p>
      ))}
      <p>
        <Link to={`/proposals/${proposal}`}>{t('proposals.see')}</Link>
      </p>
    </Told>
  );
}

/** What came of an act: it takes the focus, for the button that had it is gone. */
export function Told({ children }: { readonly children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div role="status" className="aside aside-blue" tabIndex={-1} ref={box}>
      {children}
    </div>
  );
}

const StaleContext = createContext(false);

/** What is shown is of an earlier try: since when, why, and the way to try again. */
function Stale({ fault, at, again }: { fault: Refused; at: string; again: () => void }) {
  const { t } = useSpeech();
  return (
    <div className="aside aside-amber stale" role="alert">
      <p>
        <b>{fault.faults[0]?.message}</b> <span>{t('stale', { at })}</span>
      </p>
      <Button size="small" onClick={again}>
        {t('again')}
      </Button>
    </div>
  );
}

/** An answer when it is there, with a word when a later try for it failed; else what stands in its place. */
export function Answer<T>(props: {
  readonly of: Asked<T>;
  readonly children: (answer: T) => ReactNode;
}) {
  const { answer, at, fault, again } = props.of;
  const said = useContext(StaleContext);
  if (answer === null) {
    if (fault?.status === 401) return null;
    if (fault !== null) return <Faults fault={fault} again={again} quiet={said} />;
    return <Reading />;
  }
  const stale = fault !== null && fault.status !== 401 && at !== null;
  return (
    <StaleContext value={said || stale}>
      {stale && !said ? <Stale fault={fault} at={at} again={again} /> : null}
      {props.children(answer)}
    </StaleContext>
  );
}
