import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import type { AccountDeed } from '../../../../../services/oversight/index.ts';
import { useAsk } from '../../asking.ts';
import { showMoment } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { TextField } from '../../parts/field.tsx';
import { type Column, DataTable, Pager, useFilters, usePages } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer, Reading } from '../../parts/states.tsx';
import { Han, Status } from '../../parts/words.tsx';
import { type TextKey, texts } from '../../texts/index.ts';
import { type Days, DaysFields, useDaysWrong, useLastDays } from './days.tsx';
import { usePurposeWords, useRefusedWords, useRoleWords } from './words.ts';

interface Wanted extends Days {
  readonly account: string;
}

/** What stands in the address: the account, and the last days where none are named. */
function useWanted(): Wanted | null {
  const { get } = useFilters();
  const last = useLastDays();
  if (last === null) return null;
  return {
    account: get('account') ?? '',
    from: get('from') ?? last.from,
    to: get('to') ?? last.to,
  };
}

/** Everything that an account did and looked at between two days. */
export function DeedsOfAccountPage() {
  const { t } = useSpeech();
  const wanted = useWanted();
  const ready = wanted !== null && wanted.account !== '';
  const pages = usePages(JSON.stringify(wanted));
  const asked = useAsk('access.audit.account', ready ? { ...wanted, cursor: pages.cursor } : null);
  const columns = useColumns();
  return (
    <Page
      title={t('audit.account-title')}
      aside={ready && asked.answer !== null ? <Han>{asked.answer.name}</Han> : null}
    >
      {wanted === null ? <Reading /> : <Search key={JSON.stringify(wanted)} begin={wanted} />}
      {ready ? (
        <Answer of={asked}>
          {(page) => (
            <>
              <DataTable
                label={t('audit.account-title')}
                columns={columns}
                rows={page.rows}
                keyOf={(r) => `${r.kind} ${r.wall} ${r.name} ${JSON.stringify(r.subject)}`}
                empty={t('audit.none-account')}
              />
              <Pager page={page} pages={pages} label={t('audit.account-title')} />
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
  const wrong = useDaysWrong(given);
  const missing = given.account.trim() === '' ? t('field.empty') : undefined;
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (missing !== undefined || wrong.from !== undefined || wrong.to !== undefined) return;
    set({ account: given.account.trim(), from: given.from, to: given.to });
  };
  return (
    <form className="filters" onSubmit={send} noValidate>
      <TextField
        id="account"
        label={t('audit.account-hint')}
        error={sent ? missing : undefined}
        value={given.account}
        change={(account) => setGiven({ ...given, account })}
        width="amount"
      />
      <DaysFields
        days={given}
        change={(days) => setGiven({ ...given, ...days })}
        wrong={sent ? wrong : {}}
      />
      <Button type="primary" htmlType="submit">
        {t('audit.find')}
      </Button>
    </form>
  );
}

function useColumns(): readonly Column<AccountDeed>[] {
  const { t, language, say } = useSpeech();
  const purposeWords = usePurposeWords();
  const roleWords = useRoleWords();
  const refusedWords = useRefusedWords();
  const subject = (r: AccountDeed) => {
    const parts = Object.entries(r.subject).map(([name, id]) => {
      const key = `audit.subject.${name}`;
      return key in texts ? t(key as TextKey, { id }) : `${name} ${id}`;
    });
    return parts.length === 0 ? '—' : parts.join(language === 'zh' ? '，' : ', ');
  };
  return [
    { title: t('audit.at'), cell: (r) => showMoment(r.at, language) },
    { title: t('audit.kind'), cell: (r) => t(`audit.kind.${r.kind}`) },
    {
      title: t('audit.what'),
      row: true,
      cell: (r) => (
        <>
          {say(r.what)}
          {r.refused === null ? null : (
            <>
              {' '}
              <Status kind="stop">{refusedWords(r.refused)}</Status>
            </>
          )}
        </>
      ),
    },
    { title: t('audit.subject'), wrap: true, cell: subject },
    { title: t('audit.purpose'), cell: (r) => purposeWords(r.purpose) },
    { title: t('audit.matter'), cell: (r) => r.matter ?? '—' },
    {
      title: t('audit.role'),
      cell: (r) => (
        <>
          {roleWords(r.role)} {r.area === null ? null : <Han>{r.area}</Han>}
        </>
      ),
    },
    { title: t('audit.wall'), cell: (r) => showMoment(r.wall, language) },
  ];
}
