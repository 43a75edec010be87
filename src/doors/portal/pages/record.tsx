import { showYuan, sumOf } from '../../../kernel/index.ts';
import {
  accountInsurances,
  type Derivation,
  type PersonDerivation,
  type RecordMonth,
  type RecordView,
} from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay, showMonth, showMonthOnly } from '../dates.ts';
import { Page, show } from '../layout.tsx';
import { plainYuan, Status, type StatusShape } from '../parts.tsx';
import { Why } from './derivation.tsx';
import { type Payout, PayoutAccount, payoutOf } from './payout.tsx';

/** A worker's own record; `?why=2008-01` opens how that month came, `?why=account-pension` an account's balance, `?year=` another year. */
export async function recordPage(visit: Visit): Promise<Response> {
  const person = visit.subjectOf('person');
  const record = await visit.call<RecordView>('insurance.record', { person });
  const month = visit.c.req.query('why');
  const why =
    month !== undefined && record.months.some((m) => m.month === month)
      ? await visit.call<PersonDerivation>('insurance.explain-person', { person, month })
      : null;
  const insurance = accountInsurances.find((i) => month === `account-${i}`);
  const account =
    insurance === undefined
      ? null
      : await visit.call<Derivation>('insurance.explain-account', { person, insurance });
  const payout = await payoutOf(visit, person);
  return show(
    visit,
    <Mine visit={visit} record={record} why={why} account={account} payout={payout} />,
  );
}

interface RecordProps {
  readonly visit: Visit;
  readonly record: RecordView;
  readonly why: PersonDerivation | null;
}

interface AccountProps {
  readonly visit: Visit;
  readonly record: RecordView;
  /** How the balance that is asked for came. */
  readonly account: Derivation | null;
}

function yearsOf(record: RecordView): string[] {
  return [...new Set(record.months.map((m) => m.month.slice(0, 4)))].sort().reverse();
}

function Mine(props: RecordProps & AccountProps & { readonly payout: Payout }) {
  const { visit, record, why, account, payout } = props;
  const { t } = visit;
  return (
    <Page visit={visit} title={t('record.title')} place="record">
      <div class="head">
        <div>
          <h1>{t('record.title')}</h1>
          <p>
            <span lang="zh-CN">{record.name}</span> · <span class="nb">{record.number}</span>
          </p>
        </div>
        <p class="acts">
          <a class="btn" href="/record/certificate">
            {t('record.certificate')}
          </a>
          <a href="/looks">{t('looks.title')}</a>
          {visit.actsFor === undefined ? <a href="/proxies">{t('proxies.title')}</a> : null}
        </p>
      </div>
      <Four visit={visit} record={record} />
      <div class={account === null ? 'two' : 'two wide'}>
        <div>
          <Months visit={visit} record={record} why={why} />
          <Years visit={visit} record={record} />
          <Enrolments visit={visit} record={record} />
        </div>
        <div>
          <Accounts visit={visit} record={record} account={account} />
          <PayoutAccount visit={visit} payout={payout} />
        </div>
      </div>
      <p class="aside aside-blue">{t('record.wrong')}</p>
    </Page>
  );
}

function span(visit: Visit, months: number): string {
  const years = Math.floor(months / 12);
  return years === 0
    ? visit.t('record.months', { count: months })
    : visit.t('record.years-months', { years, months: months % 12 });
}

function Four({ visit, record }: Omit<RecordProps, 'why'>) {
  const { t, language } = visit;
  const pension = record.accounts.find((a) => a.insurance === 'pension');
  const today = visit.at.slice(0, 10);
  const now = record.enrolments.find((e) => e.from <= today && (e.to === null || e.to >= today));
  const short = record.months.filter((m) => m.state !== 'paid' && m.state !== 'not-due').length;
  return (
    <dl class="four">
      <div>
        <dt>{t('record.counted')}</dt>
        <dd>
          <b>{span(visit, record.countedMonths + record.deemedMonths)}</b>
          {record.deemedMonths === 0
            ? t('record.no-deemed')
            : t('record.deemed', { span: span(visit, record.deemedMonths) })}
          {record.accounts.some((a) => a.openingFen !== 0)
            ? `${t('comma')}${t('record.not-before')}`
            : null}
        </dd>
      </div>
      <div>
        <dt>{t('record.balance')}</dt>
        <dd>
          <b>{showYuan(pension?.balanceFen ?? 0)}</b>
          {t('record.balance-how')}
        </dd>
      </div>
      <div>
        <dt>{t('record.employer')}</dt>
        {now === undefined ? (
          <dd>{t('record.no-employer')}</dd>
        ) : (
          <dd>
            <b lang="zh-CN">{now.employerName}</b>
            {t('record.since', { date: showDay(now.from, language) })}
            {now.to === null
              ? null
              : `${t('comma')}${t('record.until', { date: showDay(now.to, language) })}`}
          </dd>
        )}
      </div>
      <div>
        <dt>{t('record.not-counted')}</dt>
        <dd>
          <b>{t('record.months', { count: short })}</b>
          {short === 0 ? null : t('record.not-counted-how')}
        </dd>
      </div>
    </dl>
  );
}

function Months({ visit, record, why }: RecordProps) {
  const { t } = visit;
  const asked = visit.c.req.query('why')?.slice(0, 4) ?? visit.c.req.query('year');
  const years = yearsOf(record);
  const year = years.find((y) => y === asked) ?? years[0];
  if (year === undefined) {
    return (
      <section>
        <p>{t('record.none')}</p>
      </section>
    );
  }
  const months = record.months.filter((m) => m.month.startsWith(year));
  const several = new Set(months.map((m) => m.employer)).size > 1;
  return (
    <section aria-labelledby="months">
      <h2 id="months">{t('record.who-paid', { year })}</h2>
      <table class="stack" id="figures">
        <caption>
          <span class="sr">{t('record.who-paid', { year })}</span>
          <span class="unit">{t('unit.yuan')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('record.month')}</th>
            <th scope="col" class="n">
              {t('record.base')}
            </th>
            <th scope="col" class="n">
              {t('record.i-paid')}
            </th>
            <th scope="col" class="n">
              {t('record.employer-paid')}
            </th>
            <th scope="col" class="n">
              {t('record.to-account')}
            </th>
            <th scope="col" class="n">
              {t('record.state')}
            </th>
          </tr>
        </thead>
        <tbody>
          {months.map((m, i) => (
            <MonthRow
              visit={visit}
              month={m}
              named={several}
              why={
                m.month === visit.c.req.query('why') && months[i - 1]?.month !== m.month
                  ? why
                  : null
              }
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

const shapes: Readonly<Record<RecordMonth['state'], StatusShape>> = {
  paid: 'done',
  'partly-paid': 'soon',
  unpaid: 'soon',
  'not-due': 'none',
};

function MonthRow(props: {
  visit: Visit;
  month: RecordMonth;
  /** Several employers in the year: each row says which. */
  named: boolean;
  why: PersonDerivation | null;
}) {
  const { visit, month, named, why } = props;
  const { t, language } = visit;
  const sum = (key: 'employeeFen' | 'employerFen' | 'creditedFen'): number =>
    sumOf(month.amounts, (a) => a[key]);
  const opens = (text: string) => (
    <a
      class="why"
      href={`${visit.link({ why: month.month, year: null, all: null })}#why`}
      aria-expanded={why === null ? 'false' : 'true'}
    >
      {text}
    </a>
  );
  return (
    <>
      <tr class={why === null ? undefined : why.assumed ? 'open deriv-assumed' : 'open'}>
        <th scope="row">
          <span class="nb">{showMonthOnly(month.month, language)}</span>{' '}
          {month.amounts.some((a) => a.assumed) ? (
            <span class="assumed">{t('tag.assumed')}</span>
          ) : null}
          {named ? (
            <span class="mini at" lang="zh-CN">
              {month.employerName}
            </span>
          ) : null}
        </th>
        <td class="n" data-l={t('record.base')}>
          {plainYuan(month.baseFen)}
        </td>
        <td class="n" data-l={t('record.i-paid')}>
          {opens(plainYuan(sum('employeeFen')))}
        </td>
        <td class="n" data-l={t('record.employer-paid')}>
          {opens(plainYuan(sum('employerFen')))}
        </td>
        <td class="n" data-l={t('record.to-account')}>
          {plainYuan(sum('creditedFen'))}
        </td>
        <td class="n first">
          <Status shape={shapes[month.state]}>{t(`record.month-state.${month.state}`)}</Status>
        </td>
      </tr>
      {why === null ? null : (
        <tr class={why.assumed ? 'more deriv-assumed' : 'more'}>
          <td class="deriv" colspan={6}>
            <Why
              visit={visit}
              what={showMonth(month.month, language)}
              amount={why.value}
              parts={[...why.because, ...accountsOf(why)]}
              assessedOn={null}
            />
          </td>
        </tr>
      )}
    </>
  );
}

/** What of the month goes to the accounts: of one employer by rule, of several by employer. */
function accountsOf({ accounts }: PersonDerivation): Derivation[] {
  const only = accounts.because.length === 1 ? accounts.because[0] : undefined;
  return [only === undefined ? accounts : { ...only, label: accounts.label }];
}

function Years({ visit, record }: Omit<RecordProps, 'why'>) {
  const { t } = visit;
  const years = yearsOf(record);
  if (years.length < 2) return null;
  return (
    <section aria-labelledby="years">
      <h2 id="years">{t('record.years')}</h2>
      <table>
        <caption>
          <span class="sr">{t('record.years')}</span>
          <span class="unit">{t('unit.yuan')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('record.year')}</th>
            <th scope="col" class="n">
              {t('record.year-months')}
            </th>
            <th scope="col" class="n">
              {t('record.i-paid')}
            </th>
            <th scope="col" class="n hide-s">
              {t('record.employer-paid')}
            </th>
            <th scope="col" class="n">
              {t('record.to-account')}
            </th>
          </tr>
        </thead>
        <tbody>
          {years.map((year) => {
            const amounts = record.months.filter((m) => m.month.startsWith(year));
            const flat = amounts.flatMap((m) => m.amounts);
            const counted = new Set(amounts.filter((m) => m.counts).map((m) => m.month)).size;
            return (
              <tr>
                <th scope="row">
                  <a href={`${visit.link({ year, why: null, all: null })}#months`}>{year}</a>
                </th>
                <td class="n">{counted}</td>
                <td class="n">{plainYuan(sumOf(flat, (a) => a.employeeFen))}</td>
                <td class="n hide-s">{plainYuan(sumOf(flat, (a) => a.employerFen))}</td>
                <td class="n">{plainYuan(sumOf(flat, (a) => a.creditedFen))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Enrolments({ visit, record }: Omit<RecordProps, 'why'>) {
  const { t, language } = visit;
  if (record.enrolments.length === 0) return null;
  return (
    <section aria-labelledby="where">
      <h2 id="where">{t('record.enrolments')}</h2>
      <ul class="list">
        {record.enrolments.map((e) => (
          <li>
            <b lang="zh-CN">{e.employerName}</b> · {t(`category.${e.category}`)}
            <span class="mini">
              {e.to === null
                ? t('record.range', { from: showDay(e.from, language) })
                : t('record.range-to', {
                    from: showDay(e.from, language),
                    to: showDay(e.to, language),
                  })}
              {' · '}
              {e.insurances.map((i) => t(`insurance.${i}`)).join(language === 'zh' ? '、' : ', ')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Accounts({ visit, record, account }: AccountProps) {
  const { t } = visit;
  return (
    <section class="accounts" aria-labelledby="accounts">
      <h2 id="accounts">{t('record.accounts')}</h2>
      {record.accounts.map((a) => {
        const why = `account-${a.insurance}`;
        const open = account !== null && visit.c.req.query('why') === why;
        return (
          <>
            <h3>{t(`insurance.${a.insurance}`)}</h3>
            <dl>
              <dt>{t('record.opening')}</dt>
              <dd class="n">{showYuan(a.openingFen)}</dd>
              <dt>{t('record.credited')}</dt>
              <dd class="n">{showYuan(a.creditedFen)}</dd>
              <dt class="now">{t('record.now')}</dt>
              <dd class="n now">
                <a
                  class="why"
                  href={`${visit.link({ why, year: null, all: null })}#why`}
                  aria-expanded={open ? 'true' : 'false'}
                >
                  {showYuan(a.balanceFen)}
                </a>
              </dd>
            </dl>
            {open ? <AccountWhy visit={visit} of={account} insurance={a.insurance} /> : null}
          </>
        );
      })}
    </section>
  );
}

/** The balance, and below it the years that were taken over. */
function AccountWhy(props: { visit: Visit; of: Derivation; insurance: 'pension' | 'medical' }) {
  const { visit, of, insurance } = props;
  const { t } = visit;
  const opening = of.because.filter((b) => b.rule === 'account.opening');
  return (
    <div class={of.assumed ? 'opened deriv-assumed' : 'opened'}>
      <Why
        visit={visit}
        what={t('record.account-of', { insurance: t(`insurance.${insurance}`) })}
        amount={of.value}
        parts={[of, ...opening]}
        assessedOn={null}
        months
      />
    </div>
  );
}
