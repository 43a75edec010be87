import { MindunError, showYuan } from '../../../kernel/index.ts';
import type { BilledPaper, CheckedCertificate } from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay, showMoment, showMonth } from '../dates.ts';
import { Page, show } from '../layout.tsx';
import { Due, Faults, FieldFault, plainYuan, Status, Tags } from '../parts.tsx';

/** What people type for a code: spaces, hyphens and small letters are the same. */
function codeOf(text: string): string {
  return text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase().slice(0, 40);
}

/** A code as it stands on paper: in groups of four. */
const grouped = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1 ');

/** The public check: a form; with `?code=` the way to the certificate. */
export function checkPage(visit: Visit): Response | Promise<Response> {
  const code = codeOf(visit.c.req.query('code') ?? '');
  if (code !== '') return visit.c.redirect(`/check/${encodeURIComponent(code)}`, 303);
  return show(visit, <Ask visit={visit} code="" />);
}

/** One paper by its code: what was issued or printed, to hold against it. */
export async function certificatePage(visit: Visit): Promise<Response> {
  const code = codeOf(visit.c.req.param('code') ?? '');
  try {
    const view = await visit.call<CheckedCertificate | BilledPaper>('insurance.certificate', {
      code,
    });
    return show(
      visit,
      view.kind === 'bill' ? (
        <GenuineBill visit={visit} view={view} />
      ) : (
        <Genuine visit={visit} view={view} />
      ),
    );
  } catch (error) {
    if (!(error instanceof MindunError) || error.status >= 500) throw error;
    return show(visit, <Ask visit={visit} code={code} error={error} />, error.status);
  }
}

function Ask({ visit, code, error }: { visit: Visit; code: string; error?: MindunError }) {
  const { t } = visit;
  return (
    <Page visit={visit} title={t('check.title')} place="check" faulty={error !== undefined}>
      <div class="one">
        <Faults visit={visit} error={error} field="code" />
        <h1>{t('check.title')}</h1>
        <p>{t('check.lede')}</p>
        <form method="get" action="/check">
          <div class={error === undefined ? 'q' : 'q bad'}>
            <label for="code">{t('check.code')}</label>
            <FieldFault visit={visit} error={error} id="code-fault" />
            <input
              class="code"
              type="text"
              id="code"
              name="code"
              value={code}
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              aria-describedby={error === undefined ? undefined : 'code-fault'}
              aria-invalid={error === undefined ? undefined : 'true'}
            />
          </div>
          <p class="acts">
            <button class="btn" type="submit">
              {t('check.go')}
            </button>
          </p>
        </form>
      </div>
    </Page>
  );
}

function Genuine({ visit, view }: { visit: Visit; view: CheckedCertificate }) {
  const { t, language } = visit;
  const office = t('site.issuer', { city: visit.house.city.name[language] });
  return (
    <Page
      visit={visit}
      title={t('check.true')}
      place="check"
      crumbs={[[t('check.title'), '/check'], [view.code]]}
    >
      <div class="done" role="status">
        <h1>
          <Status shape="done">{t('check.true')}</Status>
        </h1>
        <p>{t('check.true-how', { office, at: showMoment(view.printedAt, language) })}</p>
      </div>
      <dl class="facts">
        <dt>{t('check.subject')}</dt>
        <dd lang="zh-CN">{view.subjectName}</dd>
        <dt>{t(view.kind === 'employer' ? 'bill.code' : 'check.citizen-number')}</dt>
        <dd>{view.subjectNumber}</dd>
        <dt>{t('check.code')}</dt>
        <dd>{grouped(view.code)}</dd>
        <dt>{t('certificate.span')}</dt>
        <dd>{`${showMonth(view.from, language)}–${showMonth(view.to, language)}`}</dd>
      </dl>
      <Rows visit={visit} view={view} />
      <p class="note hash">
        {t('check.print')} {view.sha256}
      </p>
    </Page>
  );
}

function GenuineBill({ visit, view }: { visit: Visit; view: BilledPaper }) {
  const { t, language } = visit;
  const office = t('site.issuer', { city: visit.house.city.name[language] });
  const at = showMoment(view.printedAt, language);
  return (
    <Page
      visit={visit}
      title={t('check.bill-true')}
      place="check"
      crumbs={[[t('check.title'), '/check'], [view.code]]}
    >
      <div class="done" role="status">
        <h1>
          <Status shape="done">{t('check.bill-true')}</Status>
        </h1>
        <p>{t('check.bill-true-how', { office, at })}</p>
      </div>
      <dl class="facts">
        <dt>{t('bill.employer')}</dt>
        <dd lang="zh-CN">{view.subjectName}</dd>
        <dt>{t('bill.code')}</dt>
        <dd>{view.subjectNumber}</dd>
        <dt>{t('bill.number')}</dt>
        <dd lang="zh-CN">{view.number}</dd>
        <dt>{t('bills.month')}</dt>
        <dd>{showMonth(view.month, language)}</dd>
        <dt>{t('bill.issued')}</dt>
        <dd>{showDay(view.issuedOn, language)}</dd>
        <dt>{t('check.due-on')}</dt>
        <dd>
          <Due visit={visit} date={view.dueDate} open={false} />{' '}
          {view.dueAssumed ? <span class="assumed">{t('tag.assumed')}</span> : null}
        </dd>
        <dt>{t('check.code')}</dt>
        <dd>{grouped(view.code)}</dd>
      </dl>
      <BilledRows visit={visit} view={view} />
      <p class="note hash">
        {t('check.print')} {view.sha256}
      </p>
    </Page>
  );
}

function BilledRows({ visit, view }: { visit: Visit; view: BilledPaper }) {
  const { t } = visit;
  const columns = ['bill.by-employer', 'bill.by-employees', 'bill.sum'] as const;
  return (
    <table class="stack">
      <caption>
        <span class="sr">{t('bill.caption')}</span>
        <span class="unit">{t('unit.yuan')}</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">{t('bill.insurance')}</th>
          {columns.map((c) => (
            <th scope="col" class="n">
              {t(c)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {view.insurances.map((i) => {
          const computed = i.state === 'computed';
          const yuan = (fen: number) => (computed ? plainYuan(fen) : t('not-computed'));
          return (
            <tr>
              <th scope="row">
                {t(`insurance.${i.insurance}`)} <Tags visit={visit} of={i} />
              </th>
              <td class="n" data-l={t('bill.by-employer')}>
                {yuan(i.employerFen)}
              </td>
              <td class="n" data-l={t('bill.by-employees')}>
                {i.insurance === 'injury' || i.insurance === 'maternity'
                  ? '—'
                  : i.employeesComputed
                    ? plainYuan(i.employeeFen)
                    : yuan(i.employeeFen)}
              </td>
              <td class="n first">{yuan(i.employerFen + i.employeeFen)}</td>
            </tr>
          );
        })}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('check.bill-paid')}</th>
          <td />
          <td />
          <td class="n first">{showYuan(view.paidFen)}</td>
        </tr>
        <tr>
          <th scope="row">{t('check.payable')}</th>
          <td />
          <td />
          <td class="n first">{showYuan(view.payableFen)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

const shapes = { paid: 'done', 'partly-paid': 'soon', unpaid: 'soon' } as const;

function Rows({ visit, view }: { visit: Visit; view: CheckedCertificate }) {
  const { t, language } = visit;
  return (
    <table class="stack">
      <caption>
        <span class="sr">{t('check.title')}</span>
        <span class="unit">{t('unit.yuan')}</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">{t('record.month')}</th>
          {view.kind === 'employer' ? (
            <th scope="col" class="n">
              {t('check.persons')}
            </th>
          ) : (
            <th scope="col">{t('bill.employer')}</th>
          )}
          <th scope="col">{t('check.insurances')}</th>
          <th scope="col" class="n">
            {t('check.base')}
          </th>
          <th scope="col" class="n">
            {t('check.due')}
          </th>
          <th scope="col" class="n">
            {t('check.paid')}
          </th>
          <th scope="col" class="n">
            {t('record.state')}
          </th>
        </tr>
      </thead>
      <tbody>
        {view.rows.map((r) => (
          <tr>
            <th scope="row">
              {showMonth(r.month, language)}{' '}
              {r.assumed ? <span class="assumed">{t('tag.assumed')}</span> : null}
            </th>
            {view.kind === 'employer' ? (
              <td class="n" data-l={t('check.persons')}>
                {r.persons}
              </td>
            ) : (
              <td data-l={t('bill.employer')} lang="zh-CN">
                {r.employerName}
              </td>
            )}
            <td data-l={t('check.insurances')}>
              {r.insurances.map((i) => t(`insurance.${i}`)).join(language === 'zh' ? '、' : ', ')}
            </td>
            <td class="n" data-l={t('check.base')}>
              {plainYuan(r.baseFen)}
            </td>
            <td class="n" data-l={t('check.due')}>
              {plainYuan(r.dueFen)}
            </td>
            <td class="n" data-l={t('check.paid')}>
              {plainYuan(r.paidFen)}
            </td>
            <td class="n first">
              <Status shape={shapes[r.state]}>{t(`check.state.${r.state}`)}</Status>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
