import type { DisclosureView } from '../../../services/oversight/index.ts';
import type { Visit } from '../../http/visit.ts';
import { Page, show } from '../layout.tsx';

/** What is recorded of looks at persons' data, what the person is told, and how often it happened: for everybody. */
export async function disclosurePage(visit: Visit): Promise<Response> {
  const view = await visit.call<DisclosureView>('access.disclosure', {});
  return show(visit, <Disclosure visit={visit} view={view} />);
}

function Disclosure({ visit, view }: { visit: Visit; view: DisclosureView }) {
  const { t, language } = visit;
  const { principles, answerDays, retentionMonths } = view.policy;
  return (
    <Page visit={visit} title={t('disclosure.title')}>
      <h1>{t('disclosure.title')}</h1>
      <p class="lede">{t('disclosure.lede')}</p>
      {principles.map((p) => (
        <section>
          <h2>{p.title[language]}</h2>
          <p>{p.text[language]}</p>
          {p.what.length === 0 ? null : (
            <p class="hint">
              {t('disclosure.what')}
              {p.what.map((w) => w[language]).join(language === 'zh' ? '、' : ', ')}
            </p>
          )}
        </section>
      ))}
      <section>
        <h2>{t('disclosure.answer')}</h2>
        <p>{t('disclosure.answer-days', { days: answerDays.value })}</p>
        <p class="hint">{answerDays.cite[language]}</p>
      </section>
      <section>
        <h2>{t('disclosure.kept')}</h2>
        <p>{t('disclosure.kept-years', { years: retentionMonths.value / 12 })}</p>
        <p class="hint">{retentionMonths.cite[language]}</p>
      </section>
      <Counts visit={visit} view={view} />
    </Page>
  );
}

function Counts({ visit, view }: { visit: Visit; view: DisclosureView }) {
  const { t, language } = visit;
  return (
    <section>
      <h2>{t('disclosure.counts')}</h2>
      {view.counts.length === 0 ? (
        <p class="note">{t('disclosure.none')}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('disclosure.purpose')}</th>
              <th scope="col" class="n">
                {t('disclosure.looks')}
              </th>
            </tr>
          </thead>
          <tbody>
            {view.counts.map((c) => (
              <tr>
                <th scope="row">{c.title[language]}</th>
                <td class="n">{c.looks.toLocaleString('en')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p>{t('disclosure.hidden', { count: view.hidden })}</p>
      <p>{t('disclosure.refused', { count: view.refused })}</p>
    </section>
  );
}
