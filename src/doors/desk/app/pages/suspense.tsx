import type { SuspenseRow } from '../../../../services/insurance/index.ts';
import { listEvery, useAsk } from '../asking.ts';
import { amount, count, day } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { type Column, FilterBar, List, useFilters, usePages } from '../parts/list.tsx';
import { Page } from '../parts/page.tsx';
import { EmployerLink, Han } from '../parts/words.tsx';
import { Payer } from './month/to-do.tsx';

/** Receipts whose payer is not known yet. */
export function SuspensePage() {
  const { t } = useSpeech();
  const filters = useFilters();
  const columns = useColumns();
  const search = filters.get('search');
  const pages = usePages(search ?? '');
  const asked = useAsk('insurance.suspense', { search, cursor: pages.cursor }, listEvery);
  return (
    <Page
      title={t('suspense')}
      aside={
        asked.answer === null ? null : t('suspense.count', { count: count(asked.answer.total) })
      }
    >
      <FilterBar filters={filters} hint={t('filter.suspense')} />
      <List
        label={t('suspense')}
        columns={columns}
        keyOf={(r) => r.publicId}
        asked={asked}
        pages={pages}
        empty={search === undefined ? t('suspense.none') : t('empty.filter')}
      />
    </Page>
  );
}

function useColumns(): readonly Column<SuspenseRow>[] {
  const { t, language, say } = useSpeech();
  return [
    { title: t('suspense.on'), cell: (r) => day(r.receivedOn, language) },
    { title: t('suspense.payer'), row: true, cell: (r) => <Payer of={r} /> },
    { title: t('suspense.reference'), cell: (r) => r.reference },
    { title: t('suspense.amount'), n: true, cell: (r) => amount(r.amountFen) },
    {
      title: t('suspense.bill'),
      wrap: true,
      cell: (r) => (r.billText === '' ? '—' : <Han>{r.billText}</Han>),
    },
    { title: t('suspense.why'), cell: (r) => say(r.reason) },
    {
      title: t('suspense.candidates'),
      cell: (r) =>
        r.candidates.length === 0
          ? '—'
          : r.candidates.map((c) => (
              <div key={c.employer}>
                <EmployerLink employer={c.employer} name={c.name} />
              </div>
            )),
    },
  ];
}
