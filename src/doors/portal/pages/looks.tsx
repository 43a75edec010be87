import { purposes, type Text } from '../../../kernel/index.ts';
import type {
  LooksView,
  LookView,
  MyData,
  ObjectionAnswer,
  ObjectionView,
} from '../../../services/oversight/index.ts';
import { file } from '../../http/file.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay, showMoment } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { Status } from '../parts.tsx';

/** Who looked at the reader's file, and what for; what the reader said against it. */
export async function looksPage(visit: Visit): Promise<Response> {
  const person = visit.subjectOf('person');
  const { own, cursor } = visit.c.req.query();
  const asked = { person, own: own === '1', ...(cursor === undefined ? {} : { cursor }) };
  const looks = await visit.call<LooksView>('access.looks', asked);
  const objections = await visit.call<{ rows: readonly ObjectionView[] }>('access.objections', {
    person,
  });
  return show(
    visit,
    <Looks visit={visit} looks={looks} objections={objections.rows} own={asked.own} />,
  );
}

/** Objects to the entry that the button stands at, and comes back to what was kept. */
export async function objectForm(visit: Visit): Promise<Response> {
  const person = visit.subjectOf('person');
  const form = await visit.form();
  const look = Number(form['look']);
  await visit.call<ObjectionAnswer>('access.objection.make', { person, look });
  return visit.c.redirect('/looks#objections', 303);
}

/** All that is held about the reader, as a file. */
export async function myDataFile(visit: Visit): Promise<Response> {
  const person = visit.subjectOf('person');
  const data = await visit.call<MyData>('access.my-data', { person });
  const bytes = Buffer.from(JSON.stringify(data, null, 2));
  return file(visit.c, bytes, `我的全部资料 ${visit.at.slice(0, 10)}.json`, 'application/json');
}

interface LooksProps {
  readonly visit: Visit;
  readonly looks: LooksView;
  readonly objections: readonly ObjectionView[];
  readonly own: boolean;
}

function Looks({ visit, looks, objections, own }: LooksProps) {
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
      {looks.hidden === 0 ? null : <p class="note">{t('looks.hidden', { count: looks.hidden })}</p>}
      {looks.rows.length === 0 ? (
        <p class="note">{t('looks.none')}</p>
      ) : (
        <section>
          <Rows visit={visit} looks={looks} />
          {looks.next === null ? null : (
            <p>
              <a href={visit.link({ cursor: looks.next })}>{t('looks.older')}</a>
            </p>
          )}
        </section>
      )}
      <Objections visit={visit} rows={objections} />
      <p class="aside">
        {t('looks.own-count', { count: looks.own })}{' '}
        <a href={visit.link({ own: own ? null : '1', cursor: null })}>
          {t(own ? 'looks.own-leave' : 'looks.own-show')}
        </a>
      </p>
      <p class="aside">
        {t('looks.batch')} <a href="/disclosure">{t('disclosure.title')}</a>
      </p>
      <p class="aside">
        {t('looks.data')} <a href="/record/data.json">{t('looks.data-go')}</a>
      </p>
    </Page>
  );
}

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
          <th scope="col">{t('looks.object')}</th>
        </tr>
      </thead>
      <tbody>
        {looks.rows.map((l) => (
          <tr>
            <th scope="row">{showMoment(l.at, language)}</th>
            <td data-l={t('looks.who')}>
              <span>{whoOf(visit, l)}</span>
            </td>
            <td data-l={t('looks.what')}>
              <span>
                {l.what[language]}
                {l.listed === null ? null : (
                  <small> {t('looks.listed', { count: l.listed })}</small>
                )}
                {l.refused ? (
                  <>
                    {' '}
                    <Status shape="stop">{t('looks.refused')}</Status>
                  </>
                ) : null}
              </span>
            </td>
            <td data-l={t('looks.why')}>
              <Why visit={visit} look={l} />
            </td>
            <td data-l={t('looks.object')}>
              <ObjectButton visit={visit} look={l} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Why({ visit, look }: { visit: Visit; look: LookView }) {
  const { t } = visit;
  return (
    <span>
      {purposeOf(visit, look.purpose)}
      {look.matter === null ? null : (
        <small>
          {' '}
          {look.matter.reason === null
            ? t('looks.matter', { matter: look.matter.id.slice(0, 8) })
            : t('looks.reason', { reason: look.matter.reason })}
        </small>
      )}
    </span>
  );
}

/** Only what an office or an auditor looked at has an owner who can answer. */
function ObjectButton({ visit, look }: { visit: Visit; look: LookView }) {
  const { t, language } = visit;
  if (look.by === 'self' || look.by === 'employer' || look.by === 'proxy') return <span>—</span>;
  if (look.objected !== null)
    return (
      <a href="#objections">{t('looks.objected', { day: showDay(look.objected, language) })}</a>
    );
  return (
    <form method="post" action="/looks/object">
      <Token visit={visit} />
      <input type="hidden" name="look" value={String(look.id)} />
      <button
        class="btn btn-2 btn-s"
        type="submit"
        aria-label={t('looks.object-to', { at: showMoment(look.at, language) })}
      >
        {t('looks.object-go')}
      </button>
    </form>
  );
}

function Objections({ visit, rows }: { visit: Visit; rows: readonly ObjectionView[] }) {
  const { t, language } = visit;
  if (rows.length === 0) return null;
  return (
    <section>
      <h2 id="objections">{t('objections.title')}</h2>
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">{t('objections.look')}</th>
            <th scope="col">{t('objections.made')}</th>
            <th scope="col">{t('objections.state')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((o) => (
            <tr>
              <th scope="row">
                {showMoment(o.look.at, language)} · {o.look.what[language]}
              </th>
              <td data-l={t('objections.made')}>{showMoment(o.at, language)}</td>
              <td data-l={t('objections.state')}>
                {o.answer === null ? (
                  <Status shape="run">
                    {t('objections.waits', { day: showDay(o.due, language, true) })}
                  </Status>
                ) : (
                  <span>
                    <Status shape="done">{t(`objections.${o.answer.outcome}`)}</Status>{' '}
                    {o.answer.text}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function whoOf(visit: Visit, look: LookView): string {
  const { t, language } = visit;
  if (look.by === 'self') return t('looks.self');
  if (look.by === 'employer') return look.name;
  if (look.by === 'proxy') return t('looks.proxy', { name: look.name });
  if (look.by === 'auditor') return t('looks.auditor');
  const office = look.name === '' ? t('looks.office') : `${look.name} ${t('looks.office')}`;
  return `${office} · ${look.role[language]}`;
}

/** Words of the list. Before it was closed anything could be stated, and what stood there is shown to nobody. */
function purposeOf({ t, language }: Visit, purpose: string): string {
  const words: Text | undefined = purposes[purpose as keyof typeof purposes];
  return words === undefined ? t('looks.why-other') : words[language];
}
