import { addDays, dateOf } from '../../../kernel/index.ts';
import type { KeyRow, ToldKey } from '../../../services/accounts/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay, showMoment } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, refusalOf, Status, type StatusShape } from '../parts.tsx';
import { empty, type Filled, fieldOf, Line, Parts, partWords, read } from './handlers.tsx';

const shapes: Readonly<Record<KeyRow['state'], StatusShape>> = {
  active: 'done',
  over: 'none',
  void: 'stop',
  ended: 'stop',
};

/** The employer's API keys, and the form by which one is made. */
export async function keysPage(visit: Visit, filled: Filled = empty): Promise<Response> {
  visit.subjectOf('employer');
  const { rows } = await visit.call<{ rows: readonly KeyRow[] }>('access.keys', {});
  const page = <Keys visit={visit} rows={rows} filled={filled} />;
  return show(visit, page, filled.error?.status ?? 200);
}

/** Makes one: the key stands in this answer alone. */
export async function createKeyForm(visit: Visit): Promise<Response> {
  const filled = read(await visit.form());
  const { name, parts, until } = filled;
  try {
    const told = await visit.call<ToldKey>('access.key.create', { name, parts, until });
    return show(visit, <Told visit={visit} told={told} rotated={false} />);
  } catch (fault) {
    const error = refusalOf(fault);
    const at = error.code === 'key-days' ? 'until' : fieldOf(filled, error);
    if (at === undefined) throw error;
    return keysPage(visit, { ...filled, error, at });
  }
}

export async function rotateKeyForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const told = await visit.call<ToldKey>('access.key.rotate', { key: String(form['key'] ?? '') });
  return show(visit, <Told visit={visit} told={told} rotated />);
}

export async function endKeyForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  await visit.call('access.key.end', { key: String(form['key'] ?? '') });
  return visit.c.redirect('/employer/keys?done=end', 303);
}

interface Props {
  readonly visit: Visit;
  readonly rows: readonly KeyRow[];
  readonly filled: Filled;
}

function Keys({ visit, rows, filled }: Props) {
  const { t } = visit;
  const { error, at } = filled;
  return (
    <Page
      visit={visit}
      title={t('keys.title')}
      place="employer"
      faulty={error !== undefined}
      crumbs={[[t('crumb.employer'), '/employer'], [t('keys.title')]]}
    >
      <Faults visit={visit} error={error} field={at} />
      <h1>{t('keys.title')}</h1>
      <p class="lede">{t('keys.lede')}</p>
      {visit.c.req.query('done') === 'end' ? (
        <p class="done" role="status">
          {t('keys.done-end')}
        </p>
      ) : null}
      <section>
        {rows.length === 0 ? <p>{t('keys.none')}</p> : <Rows visit={visit} rows={rows} />}
      </section>
      <section class="one">
        <h2>{t('keys.create')}</h2>
        <form method="post" action="/employer/keys">
          <Token visit={visit} />
          <Line visit={visit} of="name" label="keys.name" filled={filled} />
          <Parts visit={visit} filled={filled} />
          <Line
            visit={visit}
            of="until"
            label="keys.until"
            hint={t('keys.until-hint', { day: addDays(dateOf(visit.at), 365) })}
            filled={filled}
          />
          <p class="acts">
            <button class="btn" type="submit">
              {t('keys.go')}
            </button>
          </p>
        </form>
        <p class="aside">
          {t('keys.manual')} <a href="/api/v1/openapi.json">{t('foot.api')}</a>
        </p>
      </section>
    </Page>
  );
}

function Rows({ visit, rows }: { visit: Visit; rows: readonly KeyRow[] }) {
  const { t, language } = visit;
  return (
    <table class="stack">
      <caption class="sr">{t('keys.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('keys.name')}</th>
          <th scope="col">{t('keys.prefix')}</th>
          <th scope="col">{t('handlers.parts')}</th>
          <th scope="col">{t('keys.until')}</th>
          <th scope="col">{t('keys.used')}</th>
          <th scope="col">{t('handlers.state')}</th>
          <th scope="col">
            <span class="sr">{t('keys.end')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            <th scope="row">
              <a href={`/employer/handlers/${row.account}`} lang="zh-CN">
                {row.name}
              </a>
            </th>
            <td data-l={t('keys.prefix')}>
              <code>{row.prefix}…</code>
            </td>
            <td data-l={t('handlers.parts')}>
              <span>{partWords(visit, row)}</span>
            </td>
            <td data-l={t('keys.until')}>{showDay(row.until, language)}</td>
            <td data-l={t('keys.used')}>
              {row.usedAt === null ? t('keys.unused') : showMoment(row.usedAt, language)}
            </td>
            <td data-l={t('handlers.state')}>
              <span>
                <Status shape={shapes[row.state]}>{t(`keys.state-${row.state}`)}</Status>
                {row.formerUntil === null || row.state !== 'active' ? null : (
                  <small> {t('keys.former', { at: showMoment(row.formerUntil, language) })}</small>
                )}
              </span>
            </td>
            <td class="n whole">
              {row.state === 'ended' ? null : (
                <div class="pair">
                  {row.state === 'active' ? <Act visit={visit} row={row} act="rotate" /> : null}
                  <Act visit={visit} row={row} act="end" />
                </div>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Act({ visit, row, act }: { visit: Visit; row: KeyRow; act: 'rotate' | 'end' }) {
  const { t } = visit;
  return (
    <form method="post" action={`/employer/keys/${act}`}>
      <Token visit={visit} />
      <input type="hidden" name="key" value={row.id} />
      <button
        class="btn btn-2 btn-s"
        type="submit"
        aria-label={t(`keys.${act}-of`, { name: row.name })}
      >
        {t(`keys.${act}`)}
      </button>
    </form>
  );
}

function Told({ visit, told, rotated }: { visit: Visit; told: ToldKey; rotated: boolean }) {
  const { t, language } = visit;
  return (
    <Page
      visit={visit}
      title={t('keys.told')}
      place="employer"
      crumbs={[
        [t('crumb.employer'), '/employer'],
        [t('keys.title'), '/employer/keys'],
        [t('keys.told')],
      ]}
    >
      <div class="one">
        <h1>{t('keys.told')}</h1>
        <p role="status">{t('keys.told-why', { until: showDay(told.until, language) })}</p>
        {rotated ? <p class="note">{t('keys.told-rotated')}</p> : null}
        <p class="note hash">
          <code>{told.key}</code>
        </p>
        <p class="acts">
          <a class="btn" href="/employer/keys">
            {t('keys.back')}
          </a>
        </p>
      </div>
    </Page>
  );
}
