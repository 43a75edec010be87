import type { EntriesView, EntryRow } from '../../../../../services/insurance/index.ts';
import { useAsk } from '../../asking.ts';
import { amount, count, day, showMonth, showYuan } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Facts } from '../../parts/facts.tsx';
import { type Column, List, useFilters, usePages } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Han } from '../../parts/words.tsx';
import { type Scope, scopeQuery, useScope } from './scope.tsx';

/** The journal lines behind one figure. */
export function EntriesPage() {
  const { t, language } = useSpeech();
  const { get } = useFilters();
  const scope = useScope();
  const row = get('row') ?? '';
  const year = get('span') === 'year';
  const input =
    scope === null || row === ''
      ? null
      : ({ ...scope, row, column: year ? 'year' : 'month' } as const);
  const pages = usePages(JSON.stringify(input));
  const asked = useAsk('insurance.entries', input && { ...input, cursor: pages.cursor });
  const columns: readonly Column<EntryRow>[] = [
    {
      title: t('entries.day'),
      row: true,
      cell: (r) => day(r.date, language),
      // Of all lines, on whichever page of them one is.
      total: () => t('entries.all', { count: count(asked.answer?.total ?? 0) }),
    },
    { title: t('account'), cell: (r) => r.account },
    { title: t('entries.memo'), cell: (r) => <Han>{r.memo}</Han> },
    {
      title: t('account.debit'),
      n: true,
      cell: (r) => (r.debitFen === 0 ? '' : amount(r.debitFen)),
      total: () => amount(asked.answer?.debitFen ?? 0),
    },
    {
      title: t('account.credit'),
      n: true,
      cell: (r) => (r.creditFen === 0 ? '' : amount(r.creditFen)),
      total: () => amount(asked.answer?.creditFen ?? 0),
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
      {asked.answer === null ? null : (
        <Opened of={asked.answer} account={account} book={scope?.book ?? 'statutory'} />
      )}
      {row === '' ? (
        <p className="aside">{t('entries.no-figure')}</p>
      ) : (
        <List
          label={t('entries')}
          columns={columns}
          keyOf={(r) => `${r.event} ${r.account} ${r.memo} ${r.debitFen} ${r.creditFen} ${r.date}`}
          asked={asked}
          pages={pages}
          empty={t('entries.none')}
        />
      )}
    </Page>
  );
}

/** Which figure was opened, of which books, and what it is. */
function Opened(props: {
  readonly of: EntriesView;
  readonly account: boolean;
  readonly book: Scope['book'];
}) {
  const { t, say } = useSpeech();
  const { of, account, book } = props;
  const { code, name } = of.opened;
  return (
    <Facts
      rows={[
        [t(account ? 'account' : 'statement.row'), `${code ?? ''} ${say(name)}`.trim()],
        [t('fund'), say(of.fundName)],
        [t('book'), t(`book.${account ? book : 'statutory'}`)],
        [t('area'), <Han key="area">{of.area}</Han>],
        account
          ? [
              t('entries.sides'),
              t('entries.sides-of', {
                debit: showYuan(of.debitFen),
                credit: showYuan(of.creditFen),
              }),
            ]
          : [t('entries.figure'), showYuan(of.amountFen)],
      ]}
    />
  );
}
