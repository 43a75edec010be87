import { type ProxyScope, proxyScopes } from '../../../engines/access/index.ts';
import type { MindunError } from '../../../kernel/index.ts';
import type { ProxyView } from '../../../services/accounts/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, refusalOf, Status, TextQuestion } from '../parts.tsx';

interface Filled {
  readonly name: string;
  readonly number: string;
  readonly until: string;
  readonly scopes: readonly string[];
  readonly error?: MindunError;
}

const empty: Filled = { name: '', number: '', until: '', scopes: ['record'] };

/** Who acts for the reader, and for whom the reader acts. */
export async function proxiesPage(visit: Visit): Promise<Response> {
  return page(visit, empty);
}

async function page(visit: Visit, filled: Filled): Promise<Response> {
  const person = ownSubject(visit);
  const { rows } = await visit.callAsSelf<{ rows: readonly ProxyView[] }>('access.proxies', {
    person,
  });
  const { error } = filled;
  return show(visit, <Proxies visit={visit} rows={rows} filled={filled} />, error?.status ?? 200);
}

/** Proxies are the reader's own matter, whomever he acts for at the moment. */
function ownSubject(visit: Visit): string {
  visit.subjectOf('person');
  return visit.actor.subject!;
}

export async function giveForm(visit: Visit): Promise<Response> {
  const person = ownSubject(visit);
  const form = await visit.form();
  const scopes = (Object.keys(proxyScopes) as ProxyScope[]).filter((s) => form[s] === 'yes');
  const filled: Filled = {
    name: String(form['agentName'] ?? '').slice(0, 60),
    number: String(form['agentNumber'] ?? '').slice(0, 18),
    until: String(form['until'] ?? '').slice(0, 10),
    scopes,
  };
  try {
    await visit.callAsSelf('access.proxy.give', {
      person,
      agentName: filled.name,
      agentNumber: filled.number,
      scopes,
      until: filled.until,
    });
  } catch (fault) {
    const error = refusalOf(fault);
    if (error.code === 'step-up-needed') throw error;
    return page(visit, { ...filled, error });
  }
  return visit.c.redirect('/proxies', 303);
}

export async function endForm(visit: Visit): Promise<Response> {
  const person = ownSubject(visit);
  const form = await visit.form();
  await visit.callAsSelf('access.proxy.end', { person, proxy: String(form['proxy'] ?? '') });
  return visit.c.redirect('/proxies', 303);
}

/** Acts for somebody from now on, or for oneself again. */
export async function actForm(visit: Visit): Promise<Response> {
  ownSubject(visit);
  const form = await visit.form();
  const other = String(form['person'] ?? '');
  visit.actFor(/^[0-9A-Za-z]{6,40}$/.test(other) ? other : null);
  return visit.c.redirect(other === '' ? '/proxies' : '/record', 303);
}

function Proxies(props: {
  readonly visit: Visit;
  readonly rows: readonly ProxyView[];
  readonly filled: Filled;
}) {
  const { visit, rows, filled } = props;
  const { t } = visit;
  const received = rows.filter((r) => !r.given);
  return (
    <Page
      visit={visit}
      title={t('proxies.title')}
      place="record"
      crumbs={[[t('record.title'), '/record'], [t('proxies.title')]]}
      faulty={filled.error !== undefined}
    >
      <Faults visit={visit} error={filled.error} field="agentName" />
      <h1>{t('proxies.title')}</h1>
      <p class="lede">{t('proxies.lede')}</p>
      <section>
        <h2>{t('proxies.given')}</h2>
        <Rows visit={visit} rows={rows.filter((r) => r.given)} />
      </section>
      {received.length === 0 ? null : (
        <section>
          <h2>{t('proxies.received')}</h2>
          <Rows visit={visit} rows={received} />
        </section>
      )}
      <Give visit={visit} filled={filled} />
    </Page>
  );
}

function Rows({ visit, rows }: { visit: Visit; rows: readonly ProxyView[] }) {
  const { t, language } = visit;
  if (rows.length === 0) return <p class="note">{t('proxies.none')}</p>;
  return (
    <table class="stack">
      <thead>
        <tr>
          <th scope="col">{t('proxies.name')}</th>
          <th scope="col">{t('proxies.scopes')}</th>
          <th scope="col">{t('proxies.days')}</th>
          <th scope="col">{t('proxies.state')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr>
            <th scope="row">
              <span lang="zh-CN">{r.name}</span>
            </th>
            <td data-l={t('proxies.scopes')}>
              {r.scopes.map((s) => s.title[language]).join(language === 'zh' ? '、' : ', ')}
            </td>
            <td data-l={t('proxies.days')}>
              {t('proxies.span', {
                from: showDay(r.from, language),
                until: showDay(r.until, language),
              })}
            </td>
            <td data-l={t('proxies.state')}>
              <RowState visit={visit} row={r} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RowState({ visit, row }: { visit: Visit; row: ProxyView }) {
  const { t } = visit;
  if (row.state === 'ended') return <Status shape="none">{t('proxies.ended')}</Status>;
  return (
    <span>
      <Status shape="done">{t('proxies.running')}</Status>
      {row.given ? null : (
        <form method="post" action="/proxies/act">
          <Token visit={visit} />
          <input type="hidden" name="person" value={row.other} />
          <button
            class="btn btn-s"
            type="submit"
            aria-label={t('proxies.act-of', { name: row.name })}
          >
            {t('proxies.act')}
          </button>
        </form>
      )}
      <form method="post" action="/proxies/end">
        <Token visit={visit} />
        <input type="hidden" name="proxy" value={row.proxy} />
        <button
          class="btn btn-2 btn-s"
          type="submit"
          aria-label={t('proxies.end-of', { name: row.name })}
        >
          {t('proxies.end')}
        </button>
      </form>
    </span>
  );
}

function Give({ visit, filled }: { visit: Visit; filled: Filled }) {
  const { t, language } = visit;
  return (
    <section>
      <h2>{t('proxies.give')}</h2>
      <form method="post" action="/proxies">
        <Token visit={visit} />
        <TextQuestion
          visit={visit}
          name="agentName"
          label="proxies.agent-name"
          value={filled.name}
          autocomplete="off"
          error={filled.error}
        />
        <TextQuestion
          visit={visit}
          name="agentNumber"
          label="proxies.agent-number"
          hint="proxies.agent-hint"
          value={filled.number}
          autocomplete="off"
        />
        <fieldset class="q">
          <legend>{t('proxies.scopes')}</legend>
          {(Object.keys(proxyScopes) as ProxyScope[]).map((s) => (
            <label class="check">
              <input type="checkbox" name={s} value="yes" checked={filled.scopes.includes(s)} />{' '}
              {proxyScopes[s].title[language]}
            </label>
          ))}
        </fieldset>
        <TextQuestion
          visit={visit}
          name="until"
          label="proxies.until"
          hint="proxies.until-hint"
          value={filled.until}
          autocomplete="off"
        />
        <p class="acts">
          <button class="btn" type="submit">
            {t('proxies.go')}
          </button>
        </p>
      </form>
    </section>
  );
}
