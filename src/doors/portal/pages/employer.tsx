import { showYuan } from '../../../kernel/index.ts';
import type {
  BillListRow,
  BillListView,
  EmployerView,
  MonthsView,
} from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay, showMoment, showMonth } from '../dates.ts';
import { Page, show } from '../layout.tsx';
import { Due, plainYuan, Status } from '../parts.tsx';

/** An employer's entrance: the open month, what was declared, the bills. */
export async function employerPage(visit: Visit): Promise<Response> {
  const employer = visit.subjectOf('employer');
  const months = await visit.call<MonthsView>('insurance.months', { employer });
  const bills = visit.may('insurance.bills')
    ? await visit.call<BillListView>('insurance.bills', { employer })
    : null;
  const { name } = await visit.call<EmployerView>('insurance.employer', { employer });
  return show(visit, <Employer visit={visit} name={name} months={months} bills={bills} />);
}

function Employer(props: {
  visit: Visit;
  name: string;
  months: MonthsView;
  bills: BillListView | null;
}) {
  const { visit, name, months, bills } = props;
  const { t } = visit;
  return (
    <Page visit={visit} title={t('employer.title')} place="employer">
      <div class="head">
        <div>
          <p class="quiet">{t('employer.title')}</p>
          <h1 lang="zh-CN">{name}</h1>
        </div>
        <p class="acts">
          {visit.may('access.handlers') ? (
            <a href="/employer/handlers">{t('handlers.title')}</a>
          ) : null}
          {visit.may('access.keys') ? <a href="/employer/keys">{t('keys.title')}</a> : null}
          {visit.may('insurance.certificates') ? (
            <a href="/employer/certificates">{t('employer.certificates')}</a>
          ) : null}
        </p>
      </div>
      <OpenMonth visit={visit} months={months} />
      {bills === null ? null : <Bills visit={visit} bills={bills} />}
    </Page>
  );
}

function OpenMonth({ visit, months }: { visit: Visit; months: MonthsView }) {
  const { t, language } = visit;
  const { declared, open, undeclared } = months;
  const month = showMonth(open, language);
  const state = months.rows[0]!.state;
  const canDeclare = state === 'open' && visit.may('insurance.declare');
  return (
    <section aria-labelledby="open">
      <h2 id="open">{t('employer.open', { month })}</h2>
      {declared !== null ? (
        <p>
          <Status shape="done">{t('employer.declared')}</Status>{' '}
          {t('employer.declared-what', {
            rows: declared.rows,
            wage: showYuan(declared.wageFen),
            at: showMoment(declared.at, language),
          })}
        </p>
      ) : (
        <p>
          <Status shape={state === 'open' ? 'soon' : 'none'}>
            {t(state === 'future' ? 'employer.future' : 'employer.not-declared')}
          </Status>
        </p>
      )}
      {state === 'assessed' ? <p class="note">{t('employer.assessed')}</p> : null}
      {canDeclare && declared === null ? (
        <>
          {undeclared === null ? null : (
            <p class="aside aside-amber note">{t('employer.why-declare', undeclared)}</p>
          )}
          <p class="acts">
            <a class="btn" href="/employer/roster">
              {t('employer.declare', { month })}
            </a>
          </p>
        </>
      ) : null}
      {canDeclare && declared !== null ? (
        <p class="note">
          <a href="/employer/roster">{t('employer.declare-again')}</a>
        </p>
      ) : null}
    </section>
  );
}

function Bills({ visit, bills }: { visit: Visit; bills: BillListView }) {
  const { t } = visit;
  return (
    <section aria-labelledby="bills">
      <h2 id="bills">{t('employer.bills')}</h2>
      {bills.rows.length === 0 ? (
        <p>{t('employer.no-bills')}</p>
      ) : (
        <table class="stack">
          <caption>
            <span class="sr">{t('employer.bills')}</span>
            <span class="unit">{t('unit.yuan')}</span>
          </caption>
          <thead>
            <tr>
              <th scope="col">{t('bills.month')}</th>
              <th scope="col">{t('bills.number')}</th>
              <th scope="col">{t('bills.due')}</th>
              <th scope="col" class="n">
                {t('bills.amount')}
              </th>
              <th scope="col" class="n">
                {t('bills.open')}
              </th>
              <th scope="col" class="n">
                {t('bills.state')}
              </th>
            </tr>
          </thead>
          <tbody>
            {bills.rows.map((row) => (
              <BillRow visit={visit} row={row} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('employer.open-sum')}</th>
              <td />
              <td />
              <td />
              <td class="n first">{showYuan(bills.openFen)}</td>
              <td />
            </tr>
            {bills.lateFeeFen === 0 ? null : (
              <tr>
                <th scope="row">{t('employer.fee-sum')}</th>
                <td />
                <td />
                <td />
                <td class="n first">{showYuan(bills.lateFeeFen)}</td>
                <td />
              </tr>
            )}
          </tfoot>
        </table>
      )}
    </section>
  );
}

function BillRow({ visit, row }: { visit: Visit; row: BillListRow }) {
  const { t, language } = visit;
  return (
    <tr>
      <th scope="row">
        <a href={`/employer/bill/${row.month}`}>{showMonth(row.month, language)}</a>
      </th>
      <td data-l={t('bills.number')}>
        <span class="nb" lang="zh-CN">
          {row.number}
        </span>
      </td>
      <td data-l={t('bills.due')}>
        <span>
          <Due visit={visit} date={row.openFen > 0 ? row.payBy : row.dueDate} open={false} />{' '}
          {row.dueAssumed && row.deferredUntil === null ? (
            <span class="assumed">{t('tag.assumed')}</span>
          ) : null}
        </span>
      </td>
      <td class="n" data-l={t('bills.amount')}>
        {plainYuan(row.amountFen)}
      </td>
      <td class="n" data-l={t('bills.open')}>
        {plainYuan(row.openFen)}
      </td>
      <td class="n first">
        <BillState visit={visit} row={row} />
      </td>
    </tr>
  );
}

function BillState({ visit, row }: { visit: Visit; row: BillListRow }) {
  const { t, language } = visit;
  if (row.state === 'overdue')
    return <Status shape="late">{t('state.overdue', { days: row.daysLate })}</Status>;
  if (row.state === 'deferred') {
    const date = showDay(row.deferredUntil!, language);
    return <Status shape="stop">{t('state.deferred', { date })}</Status>;
  }
  if (row.state === 'fee-open')
    return (
      <Status shape="soon">{t('state.fee-open', { amount: showYuan(row.lateFeeFen) })}</Status>
    );
  const shape = { paid: 'done', 'partly-paid': 'soon', unpaid: 'run' } as const;
  return <Status shape={shape[row.state]}>{t(`state.${row.state}`)}</Status>;
}
