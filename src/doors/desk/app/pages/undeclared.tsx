import { Link } from 'react-router';
import type { UndeclaredRow } from '../../../../services/insurance/index.ts';
import { listEvery, useAsk } from '../asking.ts';
import { amount, count, showMonth } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { useMonth } from '../month-of.tsx';
import { type Column, FilterBar, List, useFilters, usePages } from '../parts/list.tsx';
import { Page } from '../parts/page.tsx';
import { EmployerLink, Han } from '../parts/words.tsx';
import { UndeclaredState } from './month/to-do.tsx';

/** Employers that did not declare a month. */
export function UndeclaredPage() {
  const { t, language } = useSpeech();
  const { month } = useMonth();
  const filters = useFilters();
  const columns = useColumns();
  const input = {
    search: filters.get('search'),
    area: filters.get('area'),
    needsClerk: filters.get('needs') === 'clerk',
  };
  const pages = usePages(JSON.stringify([month, input]));
  const asked = useAsk(
    'insurance.undeclared',
    month === null ? null : { month, ...input, cursor: pages.cursor },
    listEvery,
  );
  const name = month === null ? '' : showMonth(month, language);
  const filtered = filters.any(['search', 'area', 'needs']);
  return (
    <Page
      title={t('undeclared.title', { month: name })}
      aside={
        asked.answer === null ? null : t('employers.count', { count: count(asked.answer.total) })
      }
      end={<Link to={`/month/${month ?? ''}`}>{t('month.run')}</Link>}
    >
      <FilterBar
        filters={filters}
        hint={t('filter.employer')}
        area
        choices={{
          name: 'needs',
          label: t('status'),
          options: [
            ['', 'filter.all'],
            ['clerk', 'undeclared.clerk'],
          ],
        }}
      />
      <List
        label={t('undeclared')}
        columns={columns}
        keyOf={(r) => r.employer}
        asked={asked}
        pages={pages}
        empty={filtered ? t('empty.filter') : t('undeclared.none')}
      />
    </Page>
  );
}

function useColumns(): readonly Column<UndeclaredRow>[] {
  const { t, language } = useSpeech();
  return [
    {
      title: t('employer'),
      row: true,
      cell: (r) => <EmployerLink employer={r.employer} name={r.name} />,
    },
    { title: t('code'), cell: (r) => r.code },
    { title: t('area'), cell: (r) => <Han>{r.area}</Han> },
    {
      title: t('undeclared.last'),
      cell: (r) => (r.lastDeclared === null ? t('never') : showMonth(r.lastDeclared, language)),
    },
    {
      title: t('persons-last'),
      n: true,
      cell: (r) => (r.personsLast === 0 ? '—' : count(r.personsLast)),
    },
    {
      title: t('undeclared.provisional'),
      n: true,
      cell: (r) => (r.provisionalFen === null ? '—' : amount(r.provisionalFen)),
    },
    { title: t('status'), cell: (r) => <UndeclaredState of={r} /> },
  ];
}
