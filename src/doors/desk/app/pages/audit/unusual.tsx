import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import type { UnusualAnswer } from '../../../../../services/oversight/index.ts';
import { useAsk } from '../../asking.ts';
import { count } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { TextField } from '../../parts/field.tsx';
import { type Column, DataTable, useFilters } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer, Reading } from '../../parts/states.tsx';
import { Han } from '../../parts/words.tsx';
import { type Days, DaysFields, useDaysWrong, useLastDays } from './days.tsx';
import { useRoleWords } from './words.ts';

type Row = UnusualAnswer['files'][number];
interface Wanted extends Days {
  readonly least: string;
  readonly times: string;
}

const leastOf = (text: string): number | undefined =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000 ? Number(text) : undefined;
const timesOf = (text: string): number | undefined =>
  /^\d{1,4}(\.\d{1,2})?$/.test(text) && Number(text) >= 1 && Number(text) <= 1000
    ? Number(text)
    : undefined;

/** What stands in the address; the last days and modest thresholds where nothing does. */
function useWanted(): Wanted | null {
  const { get } = useFilters();
  const last = useLastDays();
  if (last === null) return null;
  return {
    from: get('from') ?? last.from,
    to: get('to') ?? last.to,
    least: get('least') ?? '5',
    times: get('times') ?? '3',
  };
}

/** Files and accounts with more looks than usual; what counts as more is who asks to say. */
export function UnusualPage() {
  const { t } = useSpeech();
  const wanted = useWanted();
  const least = leastOf(wanted?.least ?? '');
  const times = timesOf(wanted?.times ?? '');
  const ready = wanted !== null && least !== undefined && times !== undefined;
  const asked = useAsk(
    'access.audit.unusual',
    ready ? { from: wanted.from, to: wanted.to, least, times } : null,
  );
  return (
    <Page title={t('audit.unusual-title')}>
      {wanted === null ? <Reading /> : <Search key={JSON.stringify(wanted)} begin={wanted} />}
      {ready ? (
        <Answer of={asked}>
          {({ files, accounts }) => (
            <>
              <Files rows={files} />
              <Accounts rows={accounts} days={wanted} />
            </>
          )}
        </Answer>
      ) : null}
    </Page>
  );
}

function Search({ begin }: { readonly begin: Wanted }) {
  const { t } = useSpeech();
  const { set } = useFilters();
  const [given, setGiven] = useState(begin);
  const [sent, setSent] = useState(false);
  const days = useDaysWrong(given);
  const wrong = {
    ...days,
    least: leastOf(given.least) === undefined ? t('audit.whole-number') : undefined,
    times: timesOf(given.times) === undefined ? t('audit.times-number') : undefined,
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (Object.values(wrong).every((w) => w === undefined)) set({ ...given });
  };
  const threshold = (name: 'least' | 'times') => (
    <TextField
      id={name}
      label={t(`audit.${name}`)}
      error={sent ? wrong[name] : undefined}
      value={given[name]}
      change={(value) => setGiven({ ...given, [name]: value.trim() })}
      width="day"
      more={{ inputMode: 'decimal' }}
    />
  );
  return (
    <form className="filters" onSubmit={send} noValidate>
      <DaysFields
        days={given}
        change={(changed) => setGiven({ ...given, ...changed })}
        wrong={sent ? days : {}}
      />
      {threshold('least')}
      {threshold('times')}
      <Button type="primary" htmlType="submit">
        {t('audit.find')}
      </Button>
    </form>
  );
}

function Files({ rows }: { readonly rows: readonly Row[] }) {
  const { t } = useSpeech();
  const columns: readonly Column<Row>[] = [
    { title: t('audit.file'), row: true, cell: (r) => r.id },
    { title: t('audit.looks'), n: true, cell: (r) => count(r.looks) },
    { title: t('audit.usual'), n: true, cell: (r) => String(r.usual) },
    { title: t('audit.different-accounts'), n: true, cell: (r) => count(r.others) },
  ];
  return (
    <section>
      <h2 className="part">{t('audit.files')}</h2>
      <p className="mini">{t('audit.files-why')}</p>
      <DataTable
        label={t('audit.files')}
        columns={columns}
        rows={rows}
        keyOf={(r) => r.id}
        empty={t('audit.files-none')}
      />
    </section>
  );
}

function Accounts({ rows, days }: { readonly rows: readonly Row[]; readonly days: Days }) {
  const { t } = useSpeech();
  const roleWords = useRoleWords();
  const to = (account: string) =>
    `/audit/account?${new URLSearchParams({ account, from: days.from, to: days.to }).toString()}`;
  const columns: readonly Column<Row>[] = [
    {
      title: t('audit.who'),
      row: true,
      cell: (r) => (
        <Link to={to(r.id)}>
          <Han>{r.name}</Han>
        </Link>
      ),
    },
    { title: t('audit.role'), cell: (r) => roleWords(r.role) },
    { title: t('audit.looks'), n: true, cell: (r) => count(r.looks) },
    { title: t('audit.usual'), n: true, cell: (r) => String(r.usual) },
    { title: t('audit.different-files'), n: true, cell: (r) => count(r.others) },
  ];
  return (
    <section>
      <h2 className="part">{t('audit.accounts')}</h2>
      <p className="mini">{t('audit.accounts-why')}</p>
      <DataTable
        label={t('audit.accounts')}
        columns={columns}
        rows={rows}
        keyOf={(r) => r.id}
        empty={t('audit.accounts-none')}
      />
    </section>
  );
}
