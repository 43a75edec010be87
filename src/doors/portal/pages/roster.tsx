import { tableBytesMax } from '../../../engines/documents/tables/index.ts';
import { MindunError } from '../../../kernel/index.ts';
import type { MonthsView, UploadView } from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showMonth } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, FieldFault, refusalOf, Steps } from '../parts.tsx';

interface RosterProps {
  readonly visit: Visit;
  readonly months: MonthsView;
  readonly month: string;
  readonly full: boolean;
  readonly error?: MindunError;
}

/** Step 1 of the declaration: month, file, whole roster or changes. */
export async function rosterPage(
  visit: Visit,
  filled: { month?: string; full?: boolean; error?: MindunError } = {},
): Promise<Response> {
  const employer = visit.subjectOf('employer');
  const months = await visit.call<MonthsView>('insurance.months', { employer });
  const { error } = filled;
  const page = (
    <Roster
      visit={visit}
      months={months}
      month={filled.month ?? months.open}
      full={filled.full ?? true}
      {...(error === undefined ? {} : { error })}
    />
  );
  return show(visit, page, error?.status ?? 200);
}

/** Takes the file: it is kept and checked, nothing is declared. */
export async function rosterForm(visit: Visit): Promise<Response> {
  const employer = visit.subjectOf('employer');
  const form = await visit.form();
  const month = String(form['month'] ?? '').trim();
  const full = form['kind'] !== 'changes';
  try {
    const file = form['file'];
    if (!(file instanceof File) || file.name === '') throw new MindunError('file-not-chosen');
    const bytes = Buffer.from(await file.arrayBuffer());
    const upload = await visit.call<UploadView>('insurance.upload', {
      employer,
      month,
      full,
      fileName: file.name.slice(0, 200),
      content: bytes.toString('base64'),
    });
    return visit.c.redirect(`/employer/roster/${upload.publicId}`, 303);
  } catch (fault) {
    return rosterPage(visit, { month, full, error: refusalOf(fault) });
  }
}

// Faults of these codes belong to the month; all others to the file.
const monthFaults = new Set([
  'month-not-next',
  'month-closed',
  'already-assessed',
  'month-impossible',
  'input-invalid',
]);

function Roster({ visit, months, month, full, error }: RosterProps) {
  const { t, language } = visit;
  const ofMonth = error !== undefined && monthFaults.has(error.code);
  const ofFile = error !== undefined && !ofMonth;
  const crumbs = [[t('crumb.employer'), '/employer'], [t('roster.title')]] as const;
  return (
    <Page
      visit={visit}
      title={t('roster.title')}
      place="employer"
      faulty={error !== undefined}
      crumbs={crumbs}
    >
      <div class="one">
        <p class="quiet">{t('roster.step', { step: 1, what: t('roster.step-1') })}</p>
        <Steps now={1} />
        <Faults visit={visit} error={error} field={ofMonth ? 'month' : 'file'} />
        <h1>{t('roster.title')}</h1>
        <form method="post" action="/employer/roster" enctype="multipart/form-data">
          <Token visit={visit} />
          <div class={ofMonth ? 'q bad' : 'q'}>
            <label for="month">{t('roster.month')}</label>
            <p class="hint" id="month-hint">
              {t('roster.month-hint', { month: showMonth(months.open, language) })}
            </p>
            {ofMonth ? <FieldFault visit={visit} error={error} id="month-fault" /> : null}
            <input
              class="month"
              type="text"
              id="month"
              name="month"
              value={month}
              autocomplete="off"
              aria-describedby={ofMonth ? 'month-hint month-fault' : 'month-hint'}
              aria-invalid={ofMonth ? 'true' : undefined}
            />
          </div>
          <Kind visit={visit} full={full} />
          <FileField visit={visit} error={ofFile ? error : undefined} />
          <p class="acts">
            <button class="btn" type="submit">
              {t('roster.go')}
            </button>
            <span class="hint">{t('roster.go-hint')}</span>
          </p>
        </form>
      </div>
    </Page>
  );
}

function Kind({ visit, full }: { visit: Visit; full: boolean }) {
  const { t } = visit;
  return (
    <fieldset class="q">
      <legend>{t('roster.kind')}</legend>
      <label class="pick">
        <input type="radio" name="kind" value="full" checked={full} />
        <span>
          {t('roster.full')}
          <span class="hint">{t('roster.full-hint')}</span>
        </span>
      </label>
      <label class="pick">
        <input type="radio" name="kind" value="changes" checked={!full} />
        <span>
          {t('roster.changes')}
          <span class="hint">{t('roster.changes-hint')}</span>
        </span>
      </label>
    </fieldset>
  );
}

function FileField({ visit, error }: { visit: Visit; error: MindunError | undefined }) {
  const { t } = visit;
  return (
    <div class={error === undefined ? 'q' : 'q bad'}>
      <label for="file">{t('roster.file')}</label>
      <p class="hint" id="file-hint">
        {t('roster.file-hint', { limit: tableBytesMax / 1024 / 1024 })}
        {' · '}
        <a href="/employer/roster/template.xlsx">{t('roster.template')}</a>
      </p>
      <FieldFault visit={visit} error={error} id="file-fault" />
      <input
        class="wide"
        type="file"
        id="file"
        name="file"
        accept=".xlsx,.csv,.txt"
        aria-describedby={error === undefined ? 'file-hint' : 'file-hint file-fault'}
        aria-invalid={error === undefined ? undefined : 'true'}
      />
    </div>
  );
}
