import type { EmployerListRow } from '../../../../services/insurance/index.ts';
import { listEvery, useAsk } from '../asking.ts';
import { count } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { type Column, FilterBar, List, useFilters, usePages } from '../parts/list.tsx';
import { Page } from '../parts/page.tsx';
import { EmployerLink, Han } from '../parts/words.tsx';

/** Employers by the beginning of a name, code or initials. */
export function EmployersPage() {
  const { t } = useSpeech();
  const filters = useFilters();
  const search = filters.get('search');
  const pages = usePages(search ?? '');
  const asked = useAsk('insurance.employers', { search, cursor: pages.cursor }, listEvery);
  const columns: readonly Column<EmployerListRow>[] = [
    {
      title: t('employer'),
      row: true,
      cell: (r) => <EmployerLink employer={r.employer} name={r.name} />,
    },
    { title: t('code'), cell: (r) => r.code },
    { title: t('area'), cell: (r) => <Han>{r.area}</Han> },
    { title: t('persons'), n: true, cell: (r) => count(r.persons) },
  ];
  return (
    <Page
      title={t('employers')}
      aside={
        asked.answer === null ? null : t('employers.count', { count: count(asked.answer.total) })
      }
    >
      <FilterBar key={search} filters={filters} hint={t('filter.employer')} />
      <List
        label={t('employers')}
        columns={columns}
        keyOf={(r) => r.employer}
        asked={asked}
        pages={pages}
        empty={search === undefined ? t('employers.none') : t('empty.filter')}
      />
    </Page>
  );
}
