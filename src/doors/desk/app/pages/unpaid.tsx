import { Link } from 'react-router';
import type { UnpaidRow } from '../../../../services/insurance/index.ts';
import { listEvery, useAsk } from '../asking.ts';
import { amount, count, day, showMonth, showYuan } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { useMonth } from '../month-of.tsx';
import { DueStatus } from '../parts/due.tsx';
import { type Column, FilterBar, List, useFilters, usePages } from '../parts/list.tsx';
import { Page } from '../parts/page.tsx';
import { EmployerLink, Han } from '../parts/words.tsx';
import { useSession } from '../session.tsx';
import { UnpaidAct } from './month/to-do.tsx';

const states = ['all', 'overdue', 'to-order', 'ordered', 'deferred'] as const;

/** Bills not paid in full, the largest first. */
export function UnpaidPage() {
  const { t, language } = useSpeech();
  const { month } = useMonth();
  const filters = useFilters();
  const columns = useColumns();
  const input = {
    search: filters.get('search'),
    area: filters.get('area'),
    earlier: filters.get('earlier') === 'yes',
    state: states.find((s) => s === filters.get('state')) ?? 'all',
  };
  const pages = usePages(JSON.stringify([month, input]));
  const asked = useAsk(
    'insurance.unpaid',
    month === null ? null : { month, ...input, cursor: pages.cursor },
    listEvery,
  );
  const name = month === null ? '' : showMonth(month, language);
  const filtered = filters.any(['search', 'area', 'state']);
  return (
    <Page
      title={t('unpaid.title', { month: name })}
      aside={
        asked.answer === null
          ? null
          : t('unpaid.sum', {
              count: count(asked.answer.total),
              amount: showYuan(asked.answer.openFen),
            })
      }
      end={<Link to={`/month/${month ?? ''}`}>{t('month.run')}</Link>}
    >
      <FilterBar
        filters={filters}
        hint={t('filter.employer')}
        area
        choices={{
          name: 'state',
          label: t('status'),
          options: [
            ['', 'filter.all'],
            ['overdue', 'unpaid.state.overdue'],
            ['to-order', 'unpaid.state.to-order'],
            ['ordered', 'unpaid.state.ordered'],
            ['deferred', 'unpaid.state.deferred'],
          ],
        }}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={input.earlier}
          onChange={(e) => filters.set({ earlier: e.target.checked ? 'yes' : undefined })}
        />
        {t('unpaid.earlier')}
      </label>
      <List
        label={t('unpaid')}
        columns={columns}
        keyOf={(r) => r.billNumber}
        asked={asked}
        pages={pages}
        empty={filtered ? t('empty.filter') : t('unpaid.empty')}
      />
    </Page>
  );
}

function useColumns(): readonly Column<UnpaidRow>[] {
  const { t, language } = useSpeech();
  const { may } = useSession();
  return [
    {
      title: t('employer'),
      row: true,
      cell: (r) => <EmployerLink employer={r.employer} name={r.name} />,
    },
    { title: t('area'), cell: (r) => <Han>{r.area}</Han> },
    { title: t('bill'), cell: (r) => <Han>{r.billNumber}</Han> },
    {
      title: t('unpaid.open'),
      n: true,
      cell: (r) => (
        <Link className="why" to={`/employers/${r.employer}/bills/${r.month}`}>
          {amount(r.openFen)}
        </Link>
      ),
    },
    {
      title: t('due-day'),
      cell: (r) => (r.dueDate === null ? '—' : day(r.dueDate, language)),
    },
    { title: t('status'), cell: (r) => <DueStatus of={r} /> },
    {
      title: t('order.column'),
      cell: (r) => (r.order === null ? '—' : t('order.by', { day: day(r.order.payBy, language) })),
    },
    {
      title: t('unpaid.act'),
      cell: (r) => <UnpaidAct of={r} may={may('insurance.order-payment')} />,
    },
  ];
}
