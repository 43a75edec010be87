import {
  addMonths,
  type MindunError,
  monthOfDate,
  month as readMonth,
} from '../../../kernel/index.ts';
import type { CertificateView } from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay, showMonth } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, FieldFault, refusalOf } from '../parts.tsx';

export type Holder = 'employer' | 'person';

/** Where a holder's certificates are. */
const homes = { employer: '/employer/certificates', person: '/record/certificate' } as const;

/** A certificate in the list: without its rows. */
type Issued = Omit<CertificateView, 'rows'>;

interface Filled {
  readonly from: string;
  readonly to: string;
  readonly error?: MindunError;
  /** The field at which the fault stands. */
  readonly at?: 'from' | 'to';
}

/** Issue a certificate and see those that were issued. */
export async function certificatesPage(
  visit: Visit,
  holder: Holder,
  filled?: Filled,
): Promise<Response> {
  const subject = visit.subjectOf(holder);
  const { rows } = await visit.call<{ rows: readonly Issued[] }>('insurance.certificates', {
    [holder]: subject,
  });
  const now = monthOfDate(visit.at);
  const fill = filled ?? { from: addMonths(now, -11), to: now };
  const page = <Certificates visit={visit} holder={holder} rows={rows} filled={fill} />;
  return show(visit, page, filled?.error?.status ?? 200);
}

export async function certificateForm(visit: Visit, holder: Holder): Promise<Response> {
  const subject = visit.subjectOf(holder);
  const form = await visit.form();
  const from = String(form['from'] ?? '').trim();
  const to = String(form['to'] ?? '').trim();
  let at: 'from' | 'to' = 'from';
  try {
    const first = readMonth(from);
    at = 'to';
    const last = readMonth(to);
    at = 'from';
    const asked = { [holder]: subject, from: first, to: last };
    await visit.call('insurance.certificate.issue', asked);
    return visit.c.redirect(`${homes[holder]}#list`, 303);
  } catch (fault) {
    const error = refusalOf(fault);
    // What is wrong with both together stands at the last month: it is what the other one is compared with.
    const last = error.code === 'month-to-come' || error.code === 'months-reversed';
    return certificatesPage(visit, holder, { from, to, error, at: last ? 'to' : at });
  }
}

interface Props {
  readonly visit: Visit;
  readonly holder: Holder;
  readonly rows: readonly Issued[];
  readonly filled: Filled;
}

function Certificates({ visit, holder, rows, filled }: Props) {
  const { t } = visit;
  const { error, at = 'from' } = filled;
  const back =
    holder === 'employer'
      ? ([t('crumb.employer'), '/employer'] as const)
      : ([t('record.title'), '/record'] as const);
  return (
    <Page
      visit={visit}
      title={t('certificate.title')}
      place={holder === 'employer' ? 'employer' : 'record'}
      faulty={error !== undefined}
      crumbs={[back, [t('certificate.title')]]}
    >
      <Faults visit={visit} error={error} field={at} />
      <h1>{t('certificate.title')}</h1>
      <p class="note">{t('certificate.how')}</p>
      <section class="one" aria-labelledby="issue">
        <form method="post" action={homes[holder]}>
          <h2 id="issue" class="sr">
            {t('certificate.issue')}
          </h2>
          <Token visit={visit} />
          {(['from', 'to'] as const).map((name) => (
            <Field
              visit={visit}
              name={name}
              value={filled[name]}
              error={at === name ? error : undefined}
            />
          ))}
          <p class="acts">
            <button class="btn" type="submit">
              {t('certificate.go')}
            </button>
          </p>
        </form>
      </section>
      <List visit={visit} rows={rows} />
    </Page>
  );
}

function Field(props: {
  visit: Visit;
  name: 'from' | 'to';
  value: string;
  error: MindunError | undefined;
}) {
  const { visit, name, value, error } = props;
  const { t } = visit;
  return (
    <div class={error === undefined ? 'q' : 'q bad'}>
      <label for={name}>{t(`certificate.${name}`)}</label>
      <p class="hint" id={`${name}-hint`}>
        {t('certificate.month-hint')}
      </p>
      <FieldFault visit={visit} error={error} id={`${name}-fault`} />
      <input
        class="month"
        type="text"
        id={name}
        name={name}
        value={value}
        autocomplete="off"
        aria-describedby={error === undefined ? `${name}-hint` : `${name}-hint ${name}-fault`}
        aria-invalid={error === undefined ? undefined : 'true'}
      />
    </div>
  );
}

function List({ visit, rows }: { visit: Visit; rows: readonly Issued[] }) {
  const { t, language } = visit;
  return (
    <section aria-labelledby="list">
      <h2 id="list">{t('certificate.list')}</h2>
      {rows.length === 0 ? (
        <p>{t('certificate.none')}</p>
      ) : (
        <table class="stack">
          <caption class="sr">{t('certificate.list')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('certificate.code')}</th>
              <th scope="col">{t('certificate.span')}</th>
              <th scope="col">{t('certificate.issued')}</th>
              <th scope="col" class="n">
                {t('certificate.paper')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((r) => (
              <tr>
                <th scope="row">
                  <a href={`/check/${r.code}`}>{r.code}</a>
                </th>
                <td data-l={t('certificate.span')}>
                  {`${showMonth(r.from, language)}–${showMonth(r.to, language)}`}
                </td>
                <td data-l={t('certificate.issued')}>{showDay(r.issuedOn, language)}</td>
                <td class="n first">
                  <a
                    href={`${homes[r.kind]}/${r.code}.pdf`}
                    aria-label={t('certificate.pdf-of', { code: r.code })}
                  >
                    {t('certificate.pdf')}
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
