import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'react-router';
import type { MonthView, SuspenseRow } from '../../../../../services/insurance/index.ts';
import type { Queries } from '../../api.ts';
import { useAsk } from '../../asking.ts';
import { amount, count, shortDay, showYuan } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { DueStatus } from '../../parts/due.tsx';
import { Answer } from '../../parts/states.tsx';
import { EmployerLink, Han, Status, Tags } from '../../parts/words.tsx';
import { useSession } from '../../session.tsx';

// What fits under the steps on 1366×768.
const rowsShown = 11;
const every = 15_000;

/** A list of the month: asked again as soon as the month stands otherwise, so that it never tells what a step has just changed. */
function useListed<N extends keyof Queries>(name: N, input: Queries[N][0], view: MonthView) {
  const asked = useAsk(name, input, every);
  const { again } = asked;
  const { state, declared, assessedFen, collectedFen, suspenseCount } = view;
  const stands = [state, declared, assessedFen, collectedFen, suspenseCount].join(' ');
  const seen = useRef(stands);
  useEffect(() => {
    if (seen.current === stands) return;
    seen.current = stands;
    again();
  }, [stands, again]);
  return asked;
}

interface ListProps {
  readonly id: string;
  readonly title: string;
  readonly count: number;
  readonly line: string;
  readonly all: string;
  readonly head: readonly {
    readonly text: string;
    readonly n?: boolean;
    readonly hidden?: boolean;
  }[];
  readonly rows: readonly ReactNode[];
  readonly empty: string;
  readonly children?: ReactNode;
}

/** One of the three lists of the month: its first rows, and the way to all of them. */
function List(props: ListProps) {
  const { t } = useSpeech();
  const { id, title, line, all, head, rows, empty } = props;
  return (
    <section aria-labelledby={id}>
      <div className="h">
        <h2 id={id}>{title}</h2>
        <b>{count(props.count)}</b>
        <span className="mini">{line}</span>
        <Link to={all} aria-label={t('all-of', { what: title })}>
          {t('all')}
        </Link>
      </div>
      {rows.length === 0 ? (
        <p className="empty">{empty}</p>
      ) : (
        <table className="stack">
          <thead>
            <tr>
              {head.map((h) => (
                <th key={h.text} scope="col" className={h.n === true ? 'n' : undefined}>
                  {h.hidden === true ? <span className="sr">{h.text}</span> : h.text}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{rows}</tbody>
        </table>
      )}
      {props.children}
    </section>
  );
}

export function Undeclared({ view }: { readonly view: MonthView }) {
  const { t } = useSpeech();
  const { month } = view;
  const list = useListed('insurance.undeclared', { month }, view);
  const needing = useListed('insurance.undeclared', { month, needsClerk: true }, view);
  const need = needing.answer?.total ?? 0;
  return (
    <Answer of={list}>
      {(page) => (
        <List
          id="undeclared"
          title={t('undeclared')}
          count={page.total}
          line={t('undeclared.line', { provisional: count(view.provisional) })}
          all={`/undeclared?month=${month}`}
          empty={t('undeclared.none')}
          head={[
            { text: t('employer') },
            { text: t('persons-last'), n: true },
            { text: t('undeclared.provisional'), n: true },
            { text: t('status') },
          ]}
          rows={page.rows.slice(0, rowsShown).map((r) => (
            <tr key={r.employer} data-row>
              <th scope="row" className="firm">
                <EmployerLink employer={r.employer} name={r.name} />
              </th>
              <td className="n" data-l={t('persons-last')}>
                {r.personsLast === 0 ? '—' : count(r.personsLast)}
              </td>
              <td className="n" data-l={t('undeclared.provisional')}>
                {r.provisionalFen === null ? '—' : amount(r.provisionalFen)}
              </td>
              <td data-l={t('status')}>
                <UndeclaredState of={r} />
              </td>
            </tr>
          ))}
        >
          {need === 0 ? null : (
            <p className="mini under">
              {t('undeclared.need', { count: count(need) })}{' '}
              <Link to={`/undeclared?month=${month}&needs=clerk`}>
                {t('undeclared.one-by-one')}
              </Link>
            </p>
          )}
        </List>
      )}
    </Answer>
  );
}

/** Billed provisionally, to be settled by the clerk, or waiting for the assessment. */
export function UndeclaredState(props: {
  readonly of: { readonly provisionalFen: number | null; readonly needsClerk: boolean };
}) {
  const { t } = useSpeech();
  if (props.of.provisionalFen !== null) return <Tags provisional />;
  if (props.of.needsClerk) return <Status kind="soon">{t('undeclared.clerk')}</Status>;
  return <Status kind="none">{t('undeclared.waits')}</Status>;
}

export function Unpaid({ view }: { readonly view: MonthView }) {
  const { t } = useSpeech();
  const { may } = useSession();
  const { month } = view;
  const list = useListed('insurance.unpaid', { month }, view);
  const toOrder = useListed('insurance.unpaid', { month, state: 'to-order' }, view);
  const late = toOrder.answer?.total ?? 0;
  const all = useListed('insurance.unpaid', { month, earlier: true }, view).answer;
  return (
    <Answer of={list}>
      {(page) => (
        <List
          id="unpaid"
          title={t('unpaid')}
          count={page.total}
          line={t('unpaid.line', { amount: showYuan(page.openFen) })}
          all={`/unpaid?month=${month}`}
          empty={view.state === 'open' ? t('unpaid.not-assessed') : t('unpaid.none')}
          head={[
            { text: t('employer') },
            { text: t('unpaid.open'), n: true },
            { text: t('unpaid.due') },
            { text: t('unpaid.act'), hidden: true },
          ]}
          rows={page.rows.slice(0, rowsShown).map((r) => (
            <tr key={r.billNumber} data-row>
              <th scope="row" className="firm">
                <EmployerLink employer={r.employer} name={r.name} />
              </th>
              <td className="n" data-l={t('unpaid.open')}>
                <Link className="why" to={`/employers/${r.employer}/bills/${r.month}`}>
                  {amount(r.openFen)}
                </Link>
              </td>
              <td data-l={t('unpaid.due')}>
                <DueStatus of={r} />
              </td>
              <td className="n">
                <UnpaidAct of={r} may={may('insurance.order-payment')} />
              </td>
            </tr>
          ))}
        >
          {all === null || all.total <= page.total ? null : (
            <p className="mini under">
              {t('unpaid.before', {
                count: count(all.total - page.total),
                amount: showYuan(all.openFen - page.openFen),
              })}{' '}
              <Link to={`/unpaid?month=${month}&earlier=yes`}>{t('unpaid.see-all')}</Link>
            </p>
          )}
          {late === 0 ? null : (
            <p className="mini under">
              {t('unpaid.to-order', { count: count(late) })}{' '}
              <Link to={`/unpaid?month=${month}&state=to-order`}>{t('unpaid.one-by-one')}</Link>
            </p>
          )}
        </List>
      )}
    </Answer>
  );
}

/** What a late bill needs next. */
export function UnpaidAct(props: {
  readonly may: boolean;
  readonly of: {
    readonly employer: string;
    readonly name: string;
    readonly billNumber: string;
    readonly daysLate: number;
    readonly order: object | null;
    readonly deferredUntil: string | null;
  };
}) {
  const { t } = useSpeech();
  const { of, may } = props;
  const to = `/employers/${of.employer}`;
  if (of.deferredUntil !== null || of.order !== null)
    return (
      <Link to={to} aria-label={t('unpaid.see-of', { name: of.name })}>
        {t('unpaid.see')}
      </Link>
    );
  if (of.daysLate <= 0 || !may) return null;
  return (
    <Link
      to={`${to}/order?bill=${encodeURIComponent(of.billNumber)}`}
      aria-label={t('order.of', { name: of.name })}
    >
      {t('order')}
    </Link>
  );
}

export function Suspended({ view }: { readonly view: MonthView }) {
  const { t, language, say } = useSpeech();
  const list = useListed('insurance.suspense', {}, view);
  return (
    <Answer of={list}>
      {(page) => (
        <List
          id="suspense"
          title={t('suspense')}
          count={page.total}
          line={t('suspense.line', { amount: showYuan(view.suspenseFen) })}
          all="/suspense"
          empty={t('suspense.none')}
          head={[
            { text: t('suspense.on') },
            { text: t('suspense.payer') },
            { text: t('suspense.amount'), n: true },
            { text: t('suspense.why') },
          ]}
          rows={page.rows.slice(0, rowsShown - 3).map((r) => (
            <tr key={r.publicId} data-row>
              <td data-l={t('suspense.on')}>{shortDay(r.receivedOn, language)}</td>
              <th scope="row" className="firm">
                <Payer of={r} />
              </th>
              <td className="n" data-l={t('suspense.amount')}>
                {amount(r.amountFen)}
              </td>
              <td className="ell" title={say(r.reason)} data-l={t('suspense.why')}>
                {say(r.reason)}
              </td>
            </tr>
          ))}
        >
          <Hint rows={page.rows} />
        </List>
      )}
    </Answer>
  );
}

export function Payer({ of }: { readonly of: SuspenseRow }) {
  const { t } = useSpeech();
  return (
    <Link to={`/suspense/${of.publicId}`}>
      {of.payerName === '' ? t('suspense.no-payer') : <Han>{of.payerName}</Han>}
    </Link>
  );
}

/** The first receipt whose payer the store thinks it knows. */
function Hint({ rows }: { readonly rows: readonly SuspenseRow[] }) {
  const { t } = useSpeech();
  const { may } = useSession();
  // Namesakes come first among the candidates; without one only a single candidate is worth a word.
  const known = rows.find(
    (r) => r.candidates.length === 1 || r.candidates[0]?.name === r.payerName,
  );
  const candidate = known?.candidates[0];
  if (known === undefined || candidate === undefined || !may('insurance.resolve-suspense'))
    return null;
  const same = known.payerName === candidate.name;
  return (
    <div className="fix">
      <p>
        <b>
          <Han>{known.payerName}</Han> {showYuan(known.amountFen)}
        </b>
        {t(same ? 'suspense.same-name' : 'suspense.same-account')}{' '}
        <EmployerLink employer={candidate.employer} name={candidate.name} />
      </p>
      <p>
        <Link to={`/suspense/${known.publicId}?employer=${candidate.employer}`}>
          {t('suspense.take')}
        </Link>
      </p>
    </div>
  );
}
