import type { Child } from 'hono/jsx';
import { MindunError, showYuan } from '../../kernel/index.ts';
import type { BillStanding } from '../../services/insurance/index.ts';
import type { Visit } from '../http/visit.ts';
import { daysLeft, showDay } from './dates.ts';
import type { TextKey } from './texts.ts';

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

/** How a bill stands in time: deferred, ordered, late by so many days, or still to be paid. Days of a deferral are not late. */
export function Standing(props: {
  readonly visit: Visit;
  readonly of: BillStanding;
  /** What is open on the bill itself, and what its total comes to, in fen. */
  readonly openFen: number;
  readonly payableFen: number;
}) {
  const { visit, of, openFen, payableFen } = props;
  const { t, language } = visit;
  if (openFen <= 0) {
    return (
      <>
        {payableFen > 0 ? <span class="due">{t('due.only-earlier')} · </span> : null}
        <Due visit={visit} date={of.dueDate} open={false} />
      </>
    );
  }
  const { deferredUntil, instalments, order } = of;
  if (deferredUntil !== null) {
    const next = instalments?.next;
    const until = t('due.deferred', { date: showDay(deferredUntil, language) });
    const part =
      next == null
        ? ''
        : t('due.instalment', {
            number: next.number,
            of: instalments?.of ?? 0,
            amount: showYuan(next.amountFen),
          });
    return (
      <>
        <Due visit={visit} date={of.payBy} open={true} />
        <span class="due more">{part === '' ? until : `${until}${t('comma')}${part}`}</span>
      </>
    );
  }
  return (
    <>
      {of.daysLate > 0 ? (
        <span class="due due-late">
          <b>{t('due.late', { days: of.daysLate })}</b> ·{' '}
          {t('due.was', { date: showDay(of.dueDate!, language, true) })}
        </span>
      ) : (
        <Due visit={visit} date={of.dueDate} open={true} />
      )}
      {order === null ? null : (
        <span class="due more">{t('due.ordered', { date: showDay(order.payBy, language) })}</span>
      )}
      {of.deferralEndedOn === null ? null : (
        <span class="due more">
          {t('due.deferral-ended', { date: showDay(of.deferralEndedOn, language) })}
        </span>
      )}
    </>
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

/** A line to be filled in: label, hint, what is wrong with it, the field. */
export function TextQuestion(props: {
  readonly visit: Visit;
  readonly name: string;
  readonly label: TextKey;
  readonly hint?: TextKey;
  readonly error?: MindunError | undefined;
  readonly type?: 'text' | 'password';
  readonly autocomplete: string;
  readonly value?: string;
  readonly optional?: boolean;
}) {
  const { visit, name, label, hint, error, type = 'text', autocomplete, value } = props;
  const told = [
    ...(hint === undefined ? [] : [`${name}-hint`]),
    ...(error === undefined ? [] : [`${name}-fault`]),
  ];
  return (
    <div class={error === undefined ? 'q' : 'q bad'}>
      <label for={name}>{visit.t(label)}</label>
      {hint === undefined ? null : (
        <p class="hint" id={`${name}-hint`}>
          {visit.t(hint)}
        </p>
      )}
      <FieldFault visit={visit} error={error} id={`${name}-fault`} />
      <input
        class="wide"
        type={type}
        id={name}
        name={name}
        value={value}
        autocomplete={autocomplete}
        autocapitalize="off"
        spellcheck={false}
        required={props.optional !== true}
        aria-describedby={told.length === 0 ? undefined : told.join(' ')}
        aria-invalid={error === undefined ? undefined : 'true'}
      />
    </div>
  );
}

/** What needs the page's script, hidden until it runs. */
export function Passkey(props: {
  readonly visit: Visit;
  readonly act: 'sign-in' | 'register' | 'step-up';
  readonly text: TextKey;
  readonly next: string;
  readonly name?: string;
  readonly children?: Child;
}) {
  const { visit, act, text, next, name, children } = props;
  return (
    <div
      hidden
      data-passkey={act}
      data-next={next}
      data-name={name}
      data-failed={visit.t('passkey.failed')}
    >
      {children}
      <p class="acts">
        <button class="btn btn-2" type="button">
          {visit.t(text)}
        </button>
      </p>
      <p class="msg" data-fault />
    </div>
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
