import { MindunError } from '../../../kernel/index.ts';
import type { CertificateView } from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay, showMonth } from '../dates.ts';
import { Page, show } from '../layout.tsx';
import { Faults, FieldFault, plainYuan, Status } from '../parts.tsx';

/** What people type for a code: spaces, hyphens and small letters are the same. */
function codeOf(text: string): string {
  return text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase().slice(0, 40);
}

/** The public check: a form; with `?code=` the way to the certificate. */
export function checkPage(visit: Visit): Response | Promise<Response> {
  const code = codeOf(visit.c.req.query('code') ?? '');
  if (code !== '') return visit.c.redirect(`/check/${encodeURIComponent(code)}`, 303);
  return show(visit, <Ask visit={visit} code="" />);
}

/** One certificate by its code: what was issued, to hold against the paper. */
export async function certificatePage(visit: Visit): Promise<Response> {
  const code = codeOf(visit.c.req.param('code') ?? '');
  try {
    const view = await visit.call<CertificateView>('insurance.certificate', { code });
    return show(visit, <Genuine visit={visit} view={view} />);
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

function Genuine({ visit, view }: { visit: Visit; view: CertificateView }) {
  const { t, language } = visit;
  const office = t('site.office', { city: visit.house.city.name[language] });
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
        <p>{t('check.true-how', { office, date: showDay(view.issuedOn, language) })}</p>
      </div>
      <dl class="facts">
        <dt>{t('check.subject')}</dt>
        <dd lang="zh-CN">{view.subjectName}</dd>
        <dt>{t('check.number')}</dt>
        <dd>{view.subjectNumber}</dd>
        <dt>{t('check.code')}</dt>
        <dd>{view.code}</dd>
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

const shapes = { paid: 'done', 'partly-paid': 'soon', unpaid: 'soon' } as const;

function Rows({ visit, view }: { visit: Visit; view: CertificateView }) {
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
          <th scope="col">{t('bill.employer')}</th>
          {view.kind === 'employer' ? (
            <th scope="col" class="n">
              {t('check.persons')}
            </th>
          ) : null}
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
            <td data-l={t('bill.employer')} lang="zh-CN">
              {r.employerName}
            </td>
            {view.kind === 'employer' ? (
              <td class="n" data-l={t('check.persons')}>
                {r.persons}
              </td>
            ) : null}
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
              <Status shape={shapes[r.state]}>{t(`state.${r.state}`)}</Status>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
