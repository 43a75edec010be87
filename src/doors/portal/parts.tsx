import type { Child } from 'hono/jsx';
import { MindunError, showYuan } from '../../kernel/index.ts';
import type { Visit } from '../http/visit.ts';
import { daysLeft, showDay } from './dates.ts';

/** Yuan in a column whose unit is stated once. */
export function plainYuan(fen: number): string {
  return showYuan(fen, { sign: false });
}

export type StatusShape = 'done' | 'run' | 'none' | 'soon' | 'late' | 'stop';

/** A shape and a word. */
export function Status({ shape, children }: { shape: StatusShape; children: Child }) {
  return <span class={`st st-${shape}`}>{children}</span>;
}

/** The dashed tag of a value that no document gives yet, or that stands until the month is known. */
export function Tags({
  visit,
  of,
}: {
  visit: Visit;
  of: { readonly assumed: boolean; readonly provisional: boolean };
}) {
  return (
    <>
      {of.assumed ? <span class="assumed">{visit.t('tag.assumed')}</span> : null}
      {of.assumed && of.provisional ? ' ' : null}
      {of.provisional ? <span class="assumed">{visit.t('tag.provisional')}</span> : null}
    </>
  );
}

/** A day to pay by: what is left, then the date. Red only when something is open and late. */
export function Due({ visit, date, open }: { visit: Visit; date: string | null; open: boolean }) {
  const { t, language } = visit;
  if (date === null) return <span class="due quiet">{t('due.none')}</span>;
  const day = showDay(date, language, true);
  if (!open) return <span class="due">{t('due.on', { date: day })}</span>;
  const left = daysLeft(visit.at, date);
  if (left < 0) {
    return (
      <span class="due due-late">
        <b>{t('due.late', { days: -left })}</b> · {t('due.was', { date: day })}
      </span>
    );
  }
  return (
    <span class={left <= 3 ? 'due due-soon' : 'due'}>
      <b>{left === 0 ? t('due.today') : t('due.left', { days: left })}</b> ·{' '}
      {t('due.on', { date: day })}
    </span>
  );
}

/** What is wrong with a form, first in main, with a link to the field; without a field where none of them is to be mended. */
export function Faults({
  visit,
  error,
  field,
}: {
  visit: Visit;
  error: MindunError | undefined;
  field: string | undefined;
}) {
  if (error === undefined) return null;
  const text = error.text(visit.language);
  return (
    <div class="errs" role="alert" aria-labelledby="errs">
      <h2 id="errs">{visit.t(field === undefined ? 'error.not-now' : 'error.summary')}</h2>
      <p>{field === undefined ? text : <a href={`#${field}`}>{text}</a>}</p>
      <p>{error.mend(visit.language)}</p>
    </div>
  );
}

/** The same words at the field. */
export function FieldFault({
  visit,
  error,
  id,
}: {
  visit: Visit;
  error: MindunError | undefined;
  id: string;
}) {
  if (error === undefined) return null;
  return (
    <p class="msg" id={id}>
      <span class="sr">{visit.t('error.title')}</span>
      {error.text(visit.language)}
    </p>
  );
}

/** The refusal, when it is one; other faults go on. */
export function refusalOf(error: unknown): MindunError {
  if (error instanceof MindunError && error.status < 500) return error;
  throw error;
}

/** The bars over a form in steps; the words beside them say the same. */
export function Steps({ now }: { now: 1 | 2 | 3 }) {
  return (
    <ol class="steps" aria-hidden="true">
      {[1, 2, 3].map((n) => (
        <li class={n < now ? 'on' : n === now ? 'now' : undefined} />
      ))}
    </ol>
  );
}
