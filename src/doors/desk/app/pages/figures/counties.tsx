import { Link } from 'react-router';
import type { AgeingView, CountyFiguresView } from '../../../../../services/insurance/index.ts';
import { useAsk } from '../../asking.ts';
import { amount, count, day, percent, showMonth, sumOf } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { type Column, DataTable } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { ReportFiles } from '../../parts/paper.tsx';
import { Answer } from '../../parts/states.tsx';
import { ScopeBar, Unscoped, useScope } from './scope.tsx';

type AgeingRow = AgeingView['rows'][number];
type CountyRow = CountyFiguresView['rows'][number];

function useAgeingColumns(month: string): readonly Column<AgeingRow>[] {
  const { t } = useSpeech();
  const figure = (title: string, of: (r: AgeingRow) => number): Column<AgeingRow> => ({
    title,
    n: true,
    cell: (r) => amount(of(r)),
    total: (rows) => amount(sumOf(rows, of)),
  });
  return [
    {
      title: t('county'),
      row: true,
      total: () => t('total'),
      cell: (r) => (
        <Link
          to={`/unpaid?month=${month}&area=${r.area}&earlier=yes`}
          lang="zh-CN"
          aria-label={t('ageing.open', { area: r.areaName })}
        >
          {r.areaName}
        </Link>
      ),
    },
    {
      title: t('employers'),
      n: true,
      cell: (r) => count(r.employers),
      total: (rows) => count(sumOf(rows, (r) => r.employers)),
    },
    figure(t('ageing.not-due'), (r) => r.notDueFen),
    figure(t('ageing.30'), (r) => r.days30Fen),
    figure(t('ageing.90'), (r) => r.days90Fen),
    figure(t('ageing.365'), (r) => r.days365Fen),
    figure(t('ageing.older'), (r) => r.olderFen),
    figure(t('ageing.total'), (r) => r.totalFen),
  ];
}

/** What was open at the end of a month, by county and by how long. */
export function AgeingPage() {
  const { t, language } = useSpeech();
  const scope = useScope();
  const asked = useAsk('insurance.ageing', scope === null ? null : { month: scope.month });
  const columns = useAgeingColumns(scope?.month ?? '');
  return (
    <Page
      title={
        scope === null
          ? t('ageing')
          : t('ageing.title', { month: showMonth(scope.month, language) })
      }
      aside={
        asked.answer === null ? null : t('ageing.as-of', { day: day(asked.answer.asOf, language) })
      }
      end={
        scope === null ? null : (
          <ReportFiles query="insurance.ageing" input={{ month: scope.month }} />
        )
      }
    >
      {scope === null ? (
        <Unscoped />
      ) : (
        <>
          <ScopeBar scope={scope} parts={[]} />
          <Answer of={asked}>
            {({ rows }) => (
              <DataTable
                label={t('ageing')}
                columns={columns}
                rows={rows}
                keyOf={(r) => r.area}
                empty={t('ageing.none')}
              />
            )}
          </Answer>
        </>
      )}
    </Page>
  );
}

const insurances = ['pension', 'medical', 'unemployment', 'injury', 'maternity'] as const;

/** Insured and collected by county in a month. */
export function CountiesPage() {
  const { t, language } = useSpeech();
  const scope = useScope();
  const asked = useAsk('insurance.by-county', scope === null ? null : { month: scope.month });
  const columns = useCountyColumns(scope?.month ?? '');
  return (
    <Page
      title={
        scope === null
          ? t('by-county')
          : t('by-county.title', { month: showMonth(scope.month, language) })
      }
      aside={t('by-county.persons')}
      end={
        scope === null ? null : (
          <ReportFiles query="insurance.by-county" input={{ month: scope.month }} />
        )
      }
    >
      {scope === null ? (
        <Unscoped />
      ) : (
        <>
          <ScopeBar scope={scope} parts={[]} />
          <Answer of={asked}>
            {({ rows }) => (
              <DataTable
                label={t('by-county')}
                columns={columns}
                rows={rows}
                keyOf={(r) => r.area}
                empty={t('by-county.none')}
              />
            )}
          </Answer>
        </>
      )}
    </Page>
  );
}

function useCountyColumns(month: string): readonly Column<CountyRow>[] {
  const { t } = useSpeech();
  return [
    {
      title: t('county'),
      row: true,
      total: () => t('total'),
      cell: (r) => (
        <Link
          to={`/unpaid?month=${month}&area=${r.area}`}
          lang="zh-CN"
          aria-label={t('ageing.open', { area: r.areaName })}
        >
          {r.areaName}
        </Link>
      ),
    },
    {
      title: t('employers'),
      n: true,
      cell: (r) => count(r.employers),
      total: (rows) => count(sumOf(rows, (r) => r.employers)),
    },
    ...insurances.map(
      (i): Column<CountyRow> => ({
        title: t(`insurance.${i}`),
        n: true,
        cell: (r) => count(r.insured[i]),
        total: (rows) => count(sumOf(rows, (r) => r.insured[i])),
      }),
    ),
    {
      title: t('by-county.assessed'),
      n: true,
      cell: (r) => amount(r.assessedFen),
      total: (rows) => amount(sumOf(rows, (r) => r.assessedFen)),
    },
    {
      title: t('by-county.collected'),
      n: true,
      cell: (r) => amount(r.collectedFen),
      total: (rows) => amount(sumOf(rows, (r) => r.collectedFen)),
    },
    {
      title: t('by-county.rate'),
      n: true,
      cell: (r) => percent(r.collectedFen, r.assessedFen) ?? '—',
      total: (rows) =>
        percent(
          sumOf(rows, (r) => r.collectedFen),
          sumOf(rows, (r) => r.assessedFen),
        ) ?? '—',
    },
  ];
}
