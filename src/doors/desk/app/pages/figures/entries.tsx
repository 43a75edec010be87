import type { EntryRow } from '../../../../../services/insurance/index.ts';
import { useAsk } from '../../asking.ts';
import { amount, count, day, showMonth } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { type Column, List, useFilters, usePages } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Han } from '../../parts/words.tsx';
import { scopeQuery, useScope } from './scope.tsx';

/** The journal lines behind one figure. */
export function EntriesPage() {
  const { t, language } = useSpeech();
  const { get } = useFilters();
  const scope = useScope();
  const row = get('row') ?? '';
  const year = get('span') === 'year';
  const input =
    scope === null ? null : ({ ...scope, row, column: year ? 'year' : 'month' } as const);
  const pages = usePages(JSON.stringify(input));
  const asked = useAsk('insurance.entries', input && { ...input, cursor: pages.cursor });
  const columns: readonly Column<EntryRow>[] = [
    { title: t('entries.day'), row: true, cell: (r) => day(r.date, language) },
    { title: t('account'), cell: (r) => r.account },
    { title: t('entries.memo'), cell: (r) => <Han>{r.memo}</Han> },
    {
      title: t('account.debit'),
      n: true,
      cell: (r) => (r.debitFen === 0 ? '' : amount(r.debitFen)),
    },
    {
      title: t('account.credit'),
      n: true,
      cell: (r) => (r.creditFen === 0 ? '' : amount(r.creditFen)),
    },
    { title: t('entries.event'), cell: (r) => r.event },
  ];
  const account = /^\d+$/.test(row);
  const back = account ? 'trial-balance' : 'statement';
  const month = scope === null ? '' : showMonth(scope.month, language);
  return (
    <Page
      title={t(year ? 'entries.title-year' : 'entries.title', { month })}
      aside={
        asked.answer === null ? null : t('entries.count', { count: count(asked.answer.total) })
      }
      {...(scope === null ? {} : { back: { to: `/${back}?${scopeQuery(scope)}`, text: t(back) } })}
    >
      <List
        label={t('entries')}
        columns={columns}
        keyOf={(r) => `${r.event} ${r.account} ${r.memo} ${r.debitFen} ${r.creditFen} ${r.date}`}
        asked={asked}
        pages={pages}
        empty={t('entries.none')}
      />
    </Page>
  );
}
