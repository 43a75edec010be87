import { addDays, dateOf, type MindunError, plainDate } from '../../../kernel/index.ts';
import type { HandlerDeeds, HandlerRow, NewLogin } from '../../../services/accounts/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay, showMoment } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, FieldFault, refusalOf, Status, type StatusShape } from '../parts.tsx';
import type { TextKey } from '../texts.ts';

const parts = ['handler-roster', 'handler-bills', 'handler-certificates'] as const;
const shapes: Readonly<Record<HandlerRow['state'], StatusShape>> = {
  active: 'done',
  'to-come': 'soon',
  over: 'none',
  ended: 'stop',
};

/** What was filled in, and what is wrong with it. */
export interface Filled {
  readonly name: string;
  readonly short: string;
  readonly parts: readonly string[];
  readonly from: string;
  readonly until: string;
  readonly error?: MindunError;
  readonly at?: Field;
}
export type Field = 'name' | 'short' | 'parts' | 'from' | 'until';

export const empty: Filled = { name: '', short: '', parts: [], from: '', until: '' };

type Form = Readonly<Record<string, string | File>>;

export function read(form: Form): Filled {
  const text = (name: string) => String(form[name] ?? '').trim();
  return {
    name: text('name'),
    short: text('short'),
    parts: parts.filter((part) => form[part] !== undefined),
    from: text('from'),
    until: text('until'),
  };
}

/** Days that are not written are not sent. */
function days({ from, until }: Pick<Filled, 'from' | 'until'>): object {
  return { ...(from === '' ? {} : { from }), ...(until === '' ? {} : { until }) };
}

const fields: Readonly<Record<string, Field>> = {
  'account-exists': 'short',
  'handler-short': 'short',
  'handler-parts': 'parts',
  'handler-days': 'until',
};

/** The field that a refusal is about; of a day that there is not, the one that is none. */
export function fieldOf(filled: Filled, error: MindunError): Field | undefined {
  if (error.code === 'date-impossible')
    return filled.from === '' || isDay(filled.from) ? 'until' : 'from';
  return error.code === 'input-invalid' && filled.name === '' ? 'name' : fields[error.code];
}

function isDay(text: string): boolean {
  try {
    return plainDate(text) === text;
  } catch {
    return false;
  }
}

/** The employer's handlers, and the form by which one is authorised. */
export async function handlersPage(visit: Visit, filled: Filled = empty): Promise<Response> {
  visit.subjectOf('employer');
  const list = await visit.call<{ code: string; rows: readonly HandlerRow[] }>(
    'access.handlers',
    {},
  );
  const page = <Handlers visit={visit} list={list} filled={filled} />;
  return show(visit, page, filled.error?.status ?? 200);
}

/** Authorises one: the password stands in this answer alone. */
export async function authoriseForm(visit: Visit): Promise<Response> {
  const filled = read(await visit.form());
  const { name, short } = filled;
  try {
    const input = { name, short, parts: filled.parts, ...days(filled) };
    const made = await visit.call<NewLogin>('access.handler.authorise', input);
    return show(visit, <Told visit={visit} made={made} />);
  } catch (fault) {
    const error = refusalOf(fault);
    const at = fieldOf(filled, error);
    if (at === undefined) throw error;
    return handlersPage(visit, { ...filled, error, at });
  }
}

export async function endHandlerForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  await visit.call('access.handler.end', { account: String(form['account'] ?? '') });
  return visit.c.redirect('/employer/handlers?done=end', 303);
}

/** One handler: what is authorised, and what was done. */
export async function handlerPage(visit: Visit, filled?: Filled): Promise<Response> {
  visit.subjectOf('employer');
  const { cursor } = visit.c.req.query();
  const deeds = await visit.call<HandlerDeeds>('access.handler.deeds', {
    account: visit.c.req.param('account'),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const page = <Handler visit={visit} deeds={deeds} filled={filled} />;
  return show(visit, page, filled?.error?.status ?? 200);
}

export async function changeHandlerForm(visit: Visit): Promise<Response> {
  const account = visit.c.req.param('account')!;
  const filled = read(await visit.form());
  const { until } = filled;
  try {
    const input = { account, parts: filled.parts, ...days({ from: '', until }) };
    await visit.call('access.handler.change', input);
    return visit.c.redirect(`/employer/handlers/${account}?done=change`, 303);
  } catch (fault) {
    const error = refusalOf(fault);
    const at = fieldOf(filled, error);
    if (at === undefined) throw error;
    return handlerPage(visit, { ...filled, error, at });
  }
}

function Frame(props: {
  readonly visit: Visit;
  readonly title: string;
  readonly faulty?: boolean;
  readonly children?: unknown;
}) {
  const { visit, title, faulty = false } = props;
  const { t } = visit;
  const top = title === t('handlers.title');
  return (
    <Page
      visit={visit}
      title={title}
      place="employer"
      faulty={faulty}
      crumbs={[
        [t('crumb.employer'), '/employer'],
        top ? [title] : [t('handlers.title'), '/employer/handlers'],
        ...(top ? [] : [[title] as const]),
      ]}
    >
      {props.children as never}
    </Page>
  );
}

const doneTexts: Readonly<Record<string, TextKey>> = {
  end: 'handlers.done-end',
  change: 'handlers.done-change',
};

function Done({ visit }: { visit: Visit }) {
  const done = doneTexts[visit.c.req.query('done') ?? ''];
  return done === undefined ? null : (
    <p class="done" role="status">
      {visit.t(done)}
    </p>
  );
}

interface ListProps {
  readonly visit: Visit;
  readonly list: { readonly code: string; readonly rows: readonly HandlerRow[] };
  readonly filled: Filled;
}

function Handlers({ visit, list, filled }: ListProps) {
  const { t } = visit;
  const { error, at } = filled;
  return (
    <Frame visit={visit} title={t('handlers.title')} faulty={error !== undefined}>
      <Faults visit={visit} error={error} field={at} />
      <h1>{t('handlers.title')}</h1>
      <p class="lede">{t('handlers.lede')}</p>
      <Done visit={visit} />
      <section>
        <Rows visit={visit} rows={list.rows} />
        {list.rows.length > 1 ? null : <p class="note quiet">{t('handlers.alone')}</p>}
      </section>
      <section class="one">
        <h2 id="authorise">{t('handlers.authorise')}</h2>
        <form method="post" action="/employer/handlers">
          <Token visit={visit} />
          <Line visit={visit} of="name" label="handlers.name" filled={filled} />
          <Line
            visit={visit}
            of="short"
            label="handlers.short"
            hint={t('handlers.short-hint', { code: list.code })}
            filled={filled}
          />
          <Parts visit={visit} filled={filled} />
          <Line
            visit={visit}
            of="from"
            label="handlers.from"
            hint={t('handlers.from-hint', { day: dateOf(visit.at) })}
            filled={filled}
            optional
          />
          <Until visit={visit} filled={filled} />
          <p class="acts">
            <button class="btn" type="submit">
              {t('handlers.go')}
            </button>
          </p>
        </form>
      </section>
    </Frame>
  );
}

function Rows({ visit, rows }: { visit: Visit; rows: readonly HandlerRow[] }) {
  const { t, language } = visit;
  return (
    <table class="stack">
      <caption class="sr">{t('handlers.list')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('handlers.name')}</th>
          <th scope="col">{t('handlers.login')}</th>
          <th scope="col">{t('handlers.parts')}</th>
          <th scope="col">{t('handlers.days')}</th>
          <th scope="col">{t('handlers.seen')}</th>
          <th scope="col">{t('handlers.state')}</th>
          <th scope="col">
            <span class="sr">{t('handlers.end')}</span>
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
              {row.own ? ` ${t('handlers.you')}` : ''}
            </th>
            <td data-l={t('handlers.login')}>{row.login}</td>
            <td data-l={t('handlers.parts')}>
              <span>{partWords(visit, row)}</span>
            </td>
            <td data-l={t('handlers.days')}>
              <span>{daysOf(visit, row)}</span>
            </td>
            <td data-l={t('handlers.seen')}>
              {row.seenAt === null ? t('handlers.never') : showMoment(row.seenAt, language)}
            </td>
            <td data-l={t('handlers.state')}>
              <Status shape={shapes[row.state]}>{t(`handlers.state-${row.state}`)}</Status>
            </td>
            <td class="n whole">
              <EndButton visit={visit} row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function partWords(
  { t, language }: Visit,
  row: { readonly parts: readonly string[] },
): string {
  const words = row.parts.map((part) => t(`handlers.part-${part}` as TextKey));
  return words.length === 0 ? '—' : words.join(language === 'zh' ? '、' : ', ');
}

function daysOf({ t, language }: Visit, { from, until }: HandlerRow): string {
  if (from === null) return '—';
  const first = showDay(from, language);
  return until === null
    ? t('handlers.from-on', { from: first })
    : t('handlers.from-until', { from: first, until: showDay(until, language) });
}

/** Handlers are ended here; principals at a window. */
function EndButton({ visit, row }: { visit: Visit; row: HandlerRow }) {
  if (row.principal || row.own || row.state === 'ended') return null;
  return (
    <form method="post" action="/employer/handlers/end">
      <Token visit={visit} />
      <input type="hidden" name="account" value={row.account} />
      <button
        class="btn btn-2 btn-s"
        type="submit"
        aria-label={visit.t('handlers.end-of', { name: row.name })}
      >
        {visit.t('handlers.end')}
      </button>
    </form>
  );
}

export function Line(props: {
  readonly visit: Visit;
  readonly of: Exclude<Field, 'parts'>;
  readonly label: TextKey;
  readonly hint?: string;
  readonly filled: Filled;
  readonly optional?: boolean;
}) {
  const { visit, of, label, hint, filled, optional = false } = props;
  const error = filled.at === of ? filled.error : undefined;
  const told = [
    ...(hint === undefined ? [] : [`${of}-hint`]),
    ...(error === undefined ? [] : [`${of}-fault`]),
  ];
  return (
    <div class={error === undefined ? 'q' : 'q bad'}>
      <label for={of}>{visit.t(label)}</label>
      {hint === undefined ? null : (
        <p class="hint" id={`${of}-hint`}>
          {hint}
        </p>
      )}
      <FieldFault visit={visit} error={error} id={`${of}-fault`} />
      <input
        class="wide"
        type="text"
        id={of}
        name={of}
        value={filled[of]}
        autocomplete="off"
        required={!optional}
        aria-describedby={told.length === 0 ? undefined : told.join(' ')}
        aria-invalid={error === undefined ? undefined : 'true'}
      />
    </div>
  );
}

function Until({ visit, filled }: { visit: Visit; filled: Filled }) {
  const day = addDays(dateOf(visit.at), 365);
  return (
    <Line
      visit={visit}
      of="until"
      label="handlers.until"
      hint={visit.t('handlers.until-hint', { day })}
      filled={filled}
      optional
    />
  );
}

export function Parts({ visit, filled }: { visit: Visit; filled: Filled }) {
  const { t } = visit;
  const error = filled.at === 'parts' ? filled.error : undefined;
  return (
    <fieldset
      class={error === undefined ? 'q' : 'q bad'}
      id="parts"
      aria-describedby={error === undefined ? undefined : 'parts-fault'}
    >
      <legend>{t('handlers.parts')}</legend>
      <FieldFault visit={visit} error={error} id="parts-fault" />
      {parts.map((part) => (
        <label class="pick">
          <input type="checkbox" name={part} value="1" checked={filled.parts.includes(part)} />
          <span>
            {t(`handlers.part-${part}`)}
            <span class="hint">{t(`handlers.hint-${part}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Told({ visit, made }: { visit: Visit; made: NewLogin }) {
  const { t } = visit;
  return (
    <Frame visit={visit} title={t('handlers.new', { name: made.name })}>
      <div class="one">
        <h1>{t('handlers.new', { name: made.name })}</h1>
        <p role="status">{t('handlers.new-why')}</p>
        <dl class="gist">
          <div>
            <dt>{t('handlers.login')}</dt>
            <dd class="long">{made.login}</dd>
          </div>
          <div>
            <dt>{t('handlers.password')}</dt>
            <dd>
              <code>{made.password}</code>
            </dd>
          </div>
        </dl>
        <p class="acts">
          <a class="btn" href="/employer/handlers">
            {t('handlers.back')}
          </a>
        </p>
      </div>
    </Frame>
  );
}

function Handler(props: {
  readonly visit: Visit;
  readonly deeds: HandlerDeeds;
  readonly filled: Filled | undefined;
}) {
  const { visit, deeds, filled } = props;
  const { t } = visit;
  const { handler } = deeds;
  const changeable =
    !handler.key && !handler.principal && !handler.own && handler.state !== 'ended';
  return (
    <Frame visit={visit} title={handler.name} faulty={filled?.error !== undefined}>
      <Faults visit={visit} error={filled?.error} field={filled?.at} />
      <h1 lang="zh-CN">{handler.name}</h1>
      <p class="lede">
        <Status shape={shapes[handler.state]}>{t(`handlers.state-${handler.state}`)}</Status>
        {handler.key ? '' : ` · ${handler.login}`}
        {handler.parts.length === 0
          ? ''
          : ` · ${partWords(visit, handler)} · ${daysOf(visit, handler)}`}
      </p>
      <Done visit={visit} />
      <section>
        <h2>{t('handlers.deeds')}</h2>
        <Deeds visit={visit} deeds={deeds} />
      </section>
      {changeable ? <Change visit={visit} handler={handler} filled={filled} /> : null}
    </Frame>
  );
}

function Change(props: {
  readonly visit: Visit;
  readonly handler: HandlerRow;
  readonly filled: Filled | undefined;
}) {
  const { visit, handler } = props;
  const all = handler.parts.includes('handler');
  const now = { ...empty, parts: all ? parts : handler.parts, until: handler.until ?? '' };
  const filled = props.filled ?? now;
  return (
    <section class="one">
      <h2>{visit.t('handlers.change')}</h2>
      <form method="post" action={`/employer/handlers/${handler.account}`}>
        <Token visit={visit} />
        <Parts visit={visit} filled={filled} />
        <Until visit={visit} filled={filled} />
        <p class="acts">
          <button class="btn" type="submit">
            {visit.t('handlers.change-go')}
          </button>
        </p>
      </form>
    </section>
  );
}

function Deeds({ visit, deeds }: { visit: Visit; deeds: HandlerDeeds }) {
  const { t, language } = visit;
  if (deeds.rows.length === 0) return <p>{t('handlers.deeds-none')}</p>;
  return (
    <>
      <table class="stack">
        <caption class="sr">{t('handlers.deeds')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('handlers.at')}</th>
            <th scope="col">{t('handlers.kind')}</th>
            <th scope="col">{t('handlers.what')}</th>
          </tr>
        </thead>
        <tbody>
          {deeds.rows.map((row) => (
            <tr>
              <th scope="row">{showMoment(row.at, language)}</th>
              <td data-l={t('handlers.kind')}>{t(`handlers.kind-${row.kind}`)}</td>
              <td data-l={t('handlers.what')}>
                <span>
                  {row.what[language]}
                  {row.listed === null ? '' : ` ${t('handlers.listed', { count: row.listed })}`}
                  {row.refused ? <Status shape="stop">{t('handlers.refused')}</Status> : null}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {deeds.next === null ? null : (
        <p class="note">
          <a href={visit.link({ cursor: deeds.next, done: null })}>{t('handlers.older')}</a>
        </p>
      )}
    </>
  );
}
