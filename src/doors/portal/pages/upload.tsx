import { type MindunError, registeredErrors, showYuan } from '../../../kernel/index.ts';
import type { MonthsView, UploadFault, UploadView } from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showMoment, showMonth } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, refusalOf, Steps } from '../parts.tsx';

const faultsShown = 50;
// So that the way on stays in sight when a file has many of the same kind.
const warningsShown = 10;
const summaryShown = 20;
const linesNamed = 10;

/** Step 2: what is wrong with the file, cell by cell; step 3 once it is declared. */
export async function uploadPage(visit: Visit, error?: MindunError): Promise<Response> {
  const employer = visit.subjectOf('employer');
  const upload = await visit.call<UploadView>('insurance.upload-view', {
    upload: visit.c.req.param('upload'),
  });
  if (upload.state === 'confirmed')
    return show(visit, <Declared visit={visit} upload={upload} />, error?.status ?? 200);
  const { declared } = await visit.call<MonthsView>('insurance.months', { employer });
  const page = (
    <Preview
      visit={visit}
      upload={upload}
      replaced={declared?.month === upload.month ? declared : null}
      {...(error === undefined ? {} : { error })}
    />
  );
  return show(visit, page, error?.status ?? 200);
}

/** Declares the rows without a fault; with faults only when the handler said so. */
export async function confirmForm(visit: Visit): Promise<Response> {
  visit.subjectOf('employer');
  const form = await visit.form();
  const upload = visit.c.req.param('upload');
  try {
    await visit.call('insurance.confirm-upload', {
      upload,
      acceptValid: form['accept'] === 'valid',
    });
    return visit.c.redirect(`/employer/roster/${upload}`, 303);
  } catch (fault) {
    return uploadPage(visit, refusalOf(fault));
  }
}

/** Lines with a fault, each once. */
function badLines(upload: UploadView): number[] {
  return [...new Set(upload.faults.map((f) => f.line))].sort((a, b) => a - b);
}

interface UploadProps {
  readonly visit: Visit;
  readonly upload: UploadView;
}

interface PreviewProps extends UploadProps {
  /** The declaration of the month that counts until this file is declared. */
  readonly replaced: MonthsView['declared'];
  readonly error?: MindunError;
}

function Preview({ visit, upload, replaced, error }: PreviewProps) {
  const { t, language } = visit;
  const bad = badLines(upload);
  const month = showMonth(upload.month, language);
  const crumbs = [
    [t('crumb.employer'), '/employer'],
    [t('employer.open', { month }), '/employer/roster'],
    [t('upload.title')],
  ] as const;
  const gone = upload.state === 'replaced' || upload.state === 'passed-over';
  return (
    <Page
      visit={visit}
      title={t('upload.title')}
      place="employer"
      faulty={bad.length > 0 || error !== undefined}
      crumbs={crumbs}
    >
      <p class="quiet">{t('roster.step', { step: 2, what: t('roster.step-2') })}</p>
      <Steps now={2} />
      <h1>{t('upload.title')}</h1>
      <Faults visit={visit} error={error} field="choose" />
      {gone ? (
        <p class="aside aside-amber note" role="status">
          {t(upload.state === 'replaced' ? 'upload.replaced' : 'upload.passed-over')}
        </p>
      ) : null}
      {bad.length > 0 && !gone ? <Summary visit={visit} upload={upload} bad={bad.length} /> : null}
      <Gist visit={visit} upload={upload} bad={bad.length} />
      {bad.length > 0 ? <FaultTable visit={visit} upload={upload} /> : null}
      {upload.warnings.length > 0 ? <Warnings visit={visit} upload={upload} /> : null}
      {gone ? null : <Leavers visit={visit} upload={upload} />}
      {gone || replaced === null ? null : (
        <Replaces visit={visit} upload={upload} replaced={replaced} />
      )}
      {gone ? null : <Choose visit={visit} upload={upload} bad={bad} />}
    </Page>
  );
}

function Summary({ visit, upload, bad }: UploadProps & { bad: number }) {
  const { t, language } = visit;
  const rest = upload.faults.length - summaryShown;
  return (
    <div class="errs" role="alert" aria-labelledby="sum">
      <h2 id="sum">{t('upload.fault-title', { rows: upload.rows, bad })}</h2>
      <ol>
        {upload.faults.slice(0, summaryShown).map((f, i) => (
          <li>
            <a href={anchorOf(visit, i)}>{t('upload.line', { line: f.line, column: f.column })}</a>{' '}
            <span>{f.message[language]}</span>
          </li>
        ))}
      </ol>
      {rest > 0 ? <p>{t('upload.more', { count: rest })}</p> : null}
      <p class="acts">
        <a class="btn" href={`/employer/roster/${upload.publicId}/marked.xlsx`}>
          {t('upload.marked')}
        </a>
        <a class="btn btn-2" href="/employer/roster">
          {t('upload.again')}
        </a>
        <span class="hint">{t('upload.marked-hint')}</span>
      </p>
    </div>
  );
}

/** A fault's place in the table; the summary's faults stand on its first page. */
function anchorOf(visit: Visit, index: number): string {
  return pageOf(visit) === 1 ? `#f${index}` : `${visit.link({ page: null })}#f${index}`;
}

function Gist({ visit, upload, bad }: UploadProps & { bad: number }) {
  const { t, language } = visit;
  return (
    <dl class="gist">
      <div>
        <dt>{t('upload.file')}</dt>
        <dd class="long">{upload.fileName}</dd>
      </div>
      <div>
        <dt>{t('upload.uploaded')}</dt>
        <dd class="long">{showMoment(upload.uploadedAt, language)}</dd>
      </div>
      <div>
        <dt>{t('upload.good')}</dt>
        <dd>{t('upload.rows', { count: upload.rows - bad })}</dd>
      </div>
      {bad > 0 ? (
        <div>
          <dt>{t('upload.bad')}</dt>
          <dd>{t('upload.rows', { count: bad })}</dd>
        </div>
      ) : null}
      <div>
        <dt>{t('upload.wage')}</dt>
        <dd>{showYuan(upload.wageFen)}</dd>
      </div>
      <div>
        <dt>{t('upload.persons')}</dt>
        <dd class="long">
          {t(
            upload.changes.personsLeaving > 0 ? 'upload.persons-leaving' : 'upload.persons-what',
            upload.changes,
          )}
        </dd>
      </div>
      <div>
        <dt>{t('upload.changes')}</dt>
        <dd class="long">{t('upload.changes-what', upload.changes)}</dd>
      </div>
    </dl>
  );
}

/** Before most of an employer's people are let go, and where a row with a fault keeps somebody. */
function Leavers({ visit, upload }: UploadProps) {
  const { t } = visit;
  const { leaving, staying, heldBack } = upload.changes;
  const most = upload.full && leaving > staying;
  if (!most && heldBack === 0) return null;
  return (
    <section>
      {most ? (
        <p class="aside aside-amber note" role="status">
          {t('upload.most-leave', { leaving, before: leaving + staying })}
        </p>
      ) : null}
      {heldBack > 0 ? <p class="aside note">{t('upload.held-back', { count: heldBack })}</p> : null}
    </section>
  );
}

/** Before a second roster of the month takes the place of the first. */
function Replaces(props: UploadProps & { replaced: NonNullable<MonthsView['declared']> }) {
  const { visit, upload, replaced } = props;
  const { t, language } = visit;
  return (
    <section>
      <div class="aside aside-amber" role="status">
        <p class="note">
          {t('upload.replaces', {
            at: showMoment(replaced.at, language),
            rows: replaced.rows,
            wage: showYuan(replaced.wageFen),
          })}
        </p>
        {upload.full ? null : <p class="note">{t('upload.replaces-changes')}</p>}
      </div>
    </section>
  );
}

function pageOf(visit: Visit): number {
  const page = Number(visit.c.req.query('page') ?? '1');
  return Number.isInteger(page) && page >= 1 ? page : 1;
}

function FaultTable({ visit, upload }: UploadProps) {
  const { t } = visit;
  const pages = Math.max(1, Math.ceil(upload.faults.length / faultsShown));
  const page = Math.min(pageOf(visit), pages);
  const from = (page - 1) * faultsShown;
  const rows = upload.faults.slice(from, from + faultsShown);
  return (
    <section>
      <FaultRows
        visit={visit}
        caption={t('upload.table', { count: upload.faults.length })}
        rows={rows}
        cell="x"
        first={from}
      />
      {pages > 1 ? (
        <p class="acts">
          <span>{t('page.of', { page, pages })}</span>
          {page > 1 ? (
            <a href={visit.link({ page: String(page - 1) })}>{t('page.previous')}</a>
          ) : null}
          {page < pages ? (
            <a href={visit.link({ page: String(page + 1) })}>{t('page.next')}</a>
          ) : null}
        </p>
      ) : null}
    </section>
  );
}

function Warnings({ visit, upload }: UploadProps) {
  const { t } = visit;
  const rest = upload.warnings.slice(warningsShown, faultsShown);
  return (
    <section>
      <FaultRows
        visit={visit}
        caption={t('upload.warnings', { count: upload.warnings.length })}
        rows={upload.warnings.slice(0, warningsShown)}
        cell="w"
      />
      {rest.length === 0 ? null : (
        <details class="rest">
          <summary>{t('upload.warnings-rest', { count: rest.length })}</summary>
          <FaultRows
            visit={visit}
            caption={t('upload.warnings-rest', { count: rest.length })}
            rows={rest}
            cell="w"
          />
        </details>
      )}
    </section>
  );
}

function FaultRows(props: {
  visit: Visit;
  caption: string;
  rows: readonly UploadFault[];
  cell: 'x' | 'w';
  /** Index of the first row in the whole list: rows that the summary points at. */
  first?: number;
}) {
  const { visit, rows, cell, first } = props;
  const { t, language } = visit;
  const last = cell === 'x' ? 'upload.column-mend' : 'upload.column-look';
  return (
    <table class="faults stack">
      <caption>{props.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('upload.column-line')}</th>
          <th scope="col">{t('upload.column-column')}</th>
          <th scope="col">{t('upload.column-value')}</th>
          <th scope="col">{t(last)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((f, i) => (
          <tr id={first === undefined ? undefined : `f${first + i}`}>
            <th scope="row">{f.line}</th>
            <td class="first">{f.column}</td>
            <td class={cell} data-l={t('upload.column-value')}>
              <b>{f.value === '' ? t('upload.empty') : f.value}</b>
            </td>
            <td data-l={t(last)}>
              <span>{`${f.message[language]}${stop[language]}${mendOf(f, visit)}`}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const stop = { zh: '。', en: '. ' };

function mendOf(fault: UploadFault, visit: Visit): string {
  return registeredErrors().get(fault.code)?.mend[visit.language] ?? '';
}

function Choose({ visit, upload, bad }: UploadProps & { bad: readonly number[] }) {
  const { t } = visit;
  const count = upload.rows - bad.length;
  const label = t('upload.declare', { count, wage: showYuan(upload.wageFen) });
  if (count === 0) return <p class="aside aside-amber">{t('upload.none-good')}</p>;
  const lines = t(bad.length > linesNamed ? 'upload.lines-more' : 'upload.lines', {
    lines: bad.slice(0, linesNamed).join(visit.language === 'zh' ? '、' : ', '),
  });
  return (
    <form id="choose" method="post" action={`/employer/roster/${upload.publicId}`}>
      <Token visit={visit} />
      <input type="hidden" name="accept" value={bad.length === 0 ? 'all' : 'valid'} />
      <h2>
        {bad.length === 0
          ? t('upload.clean', { rows: upload.rows })
          : t('upload.partial', { count })}
      </h2>
      <p class="note">
        {bad.length === 0
          ? t('upload.clean-how')
          : t('upload.partial-what', { bad: bad.length, lines })}
      </p>
      <p class="acts">
        <button class={bad.length === 0 ? 'btn' : 'btn btn-2'} type="submit">
          {label}
        </button>
        <a href="/employer/roster">{t('upload.drop')}</a>
      </p>
    </form>
  );
}

function Declared({ visit, upload }: UploadProps) {
  const { t, language } = visit;
  const month = showMonth(upload.month, language);
  const bad = badLines(upload);
  const title = t('upload.done-title', { month });
  return (
    <Page
      visit={visit}
      title={title}
      place="employer"
      crumbs={[[t('crumb.employer'), '/employer'], [title]]}
    >
      <p class="quiet">{t('roster.step', { step: 3, what: t('roster.step-3') })}</p>
      <Steps now={3} />
      <div class="done" role="status">
        <h1>{title}</h1>
        <p class="note">
          {t('upload.done', { count: upload.accepted, wage: showYuan(upload.wageFen) })}{' '}
          {bad.length > 0 ? t('upload.left-out', { bad: bad.length }) : null}
        </p>
      </div>
      <Gist visit={visit} upload={upload} bad={bad.length} />
      {bad.length > 0 ? <FaultTable visit={visit} upload={upload} /> : null}
      <p class="aside aside-blue">{t('upload.next')}</p>
      <p class="acts">
        <a class="btn" href="/employer">
          {t('upload.to-home')}
        </a>
        <a href="/employer/roster">{t('employer.declare-again')}</a>
      </p>
    </Page>
  );
}
