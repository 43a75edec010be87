import { purposes, type Text } from '../../../kernel/index.ts';
import type { LooksView, LookView } from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showMoment } from '../dates.ts';
import { Page, show } from '../layout.tsx';

/** Who looked at the reader's file, and what for. */
export async function looksPage(visit: Visit): Promise<Response> {
  const person = visit.subjectOf('person');
  const looks = await visit.call<LooksView>('access.looks', { person });
  return show(visit, <Looks visit={visit} looks={looks} />);
}

function Looks({ visit, looks }: { visit: Visit; looks: LooksView }) {
  const { t } = visit;
  return (
    <Page
      visit={visit}
      title={t('looks.title')}
      place="record"
      crumbs={[[t('record.title'), '/record'], [t('looks.title')]]}
    >
      <h1>{t('looks.title')}</h1>
      <p class="lede">{t('looks.lede')}</p>
      {looks.rows.length === 0 ? (
        <p class="note">{t('looks.none')}</p>
      ) : (
        <section>
          <Rows visit={visit} looks={looks} />
        </section>
      )}
      <p class="aside">{t('looks.batch')}</p>
    </Page>
  );
}

const rowsShown = 50;

function Rows({ visit, looks }: { visit: Visit; looks: LooksView }) {
  const { t, language } = visit;
  return (
    <table class="stack">
      <caption>{t('looks.count', { count: looks.total })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('looks.at')}</th>
          <th scope="col">{t('looks.who')}</th>
          <th scope="col">{t('looks.what')}</th>
          <th scope="col">{t('looks.why')}</th>
        </tr>
      </thead>
      <tbody>
        {looks.rows.slice(0, rowsShown).map((l) => (
          <tr>
            <th scope="row">{showMoment(l.at, language)}</th>
            <td data-l={t('looks.who')}>
              <span>{whoOf(visit, l)}</span>
            </td>
            <td data-l={t('looks.what')}>{l.what[language]}</td>
            <td data-l={t('looks.why')}>{purposeOf(visit, l.purpose)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function whoOf(visit: Visit, look: LookView): string {
  const { t, language } = visit;
  if (look.by === 'self') return t('looks.self');
  if (look.by === 'employer') return look.name;
  return `${t('looks.office')} · ${look.role[language]}`;
}

/** Words of the list. Before it was closed anything could be stated, and what stood there is shown to nobody. */
function purposeOf({ t, language }: Visit, purpose: string): string {
  const words: Text | undefined = purposes[purpose as keyof typeof purposes];
  return words === undefined ? t('looks.why-other') : words[language];
}
