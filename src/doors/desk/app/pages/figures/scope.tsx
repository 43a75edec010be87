import { Select } from 'antd';
import { useAsk } from '../../asking.ts';
import { showMonth } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { useFilters } from '../../parts/list.tsx';
import { Answer } from '../../parts/states.tsx';
import { useSession } from '../../session.tsx';
import type { TextKey } from '../../texts/index.ts';

const funds = [
  'pension',
  'public-pension',
  'medical',
  'unemployment',
  'injury',
  'maternity',
] as const;

const books: readonly (readonly [string, TextKey])[] = [
  ['statutory', 'book.statutory'],
  ['receivable', 'book.receivable'],
];

export interface Scope {
  readonly fund: string;
  readonly month: string;
  readonly area: string | undefined;
  readonly book: 'statutory' | 'receivable';
}

/** Which books a page of figures shows: they stand in its address. Null until the months are known. */
export function useScope(): Scope | null {
  const { get } = useFilters();
  const months = useAsk('insurance.months', {});
  const rows = months.answer?.rows;
  // Figures are asked of what is finished: the newest month that is closed, or else the open one.
  const month = get('month') ?? rows?.find((r) => r.state === 'closed')?.month ?? rows?.[0]?.month;
  if (month === undefined) return null;
  return {
    month,
    fund: get('fund') ?? 'pension',
    area: get('area'),
    book: get('book') === 'receivable' ? 'receivable' : 'statutory',
  };
}

/** In the place of the figures while the months are not known: what is read, or why it cannot be. */
export function Unscoped() {
  const months = useAsk('insurance.months', {});
  return <Answer of={months}>{() => null}</Answer>;
}

export function scopeQuery(scope: Scope, more: Readonly<Record<string, string>> = {}): string {
  const { fund, month, area, book } = scope;
  return new URLSearchParams({
    fund,
    month,
    ...(area === undefined ? {} : { area }),
    ...(book === 'receivable' ? { book } : {}),
    ...more,
  }).toString();
}

type Part = 'fund' | 'area' | 'book';

/** Chooses the month and whatever else a page of figures is of. */
export function ScopeBar({
  scope,
  parts,
}: {
  readonly scope: Scope;
  readonly parts: readonly Part[];
}) {
  const { t, language } = useSpeech();
  const { set } = useFilters();
  const months = useAsk('insurance.months', {});
  const areas = useAsk('registry.areas', {});
  const { city } = useSession();
  // Whose right ends at one area has no other to choose; the heading names it.
  const everywhere = city === null || city.area === null || city.area.code === city.code;
  const choice = (
    name: Part | 'month',
    label: string,
    value: string,
    options: readonly { readonly value: string; readonly label: string }[],
  ) => (
    <div>
      <span aria-hidden="true">{label}</span>
      <Select
        aria-label={label}
        className={name === 'fund' ? 'w-fund' : 'w-day'}
        value={value}
        onChange={(next: string) => set({ [name]: next })}
        options={[...options]}
      />
    </div>
  );
  return (
    <div className="filters">
      {choice(
        'month',
        t('month'),
        scope.month,
        (months.answer?.rows ?? []).map((m) => ({
          value: m.month,
          label: showMonth(m.month, language),
        })),
      )}
      {parts.includes('fund')
        ? choice(
            'fund',
            t('fund'),
            scope.fund,
            funds.map((f) => ({ value: f, label: t(`fund.${f}`) })),
          )
        : null}
      {parts.includes('area') && everywhere
        ? choice('area', t('county'), scope.area ?? '', [
            { value: '', label: t('county.all') },
            ...(areas.answer?.rows ?? []).map((a) => ({ value: a.code, label: a.name })),
          ])
        : null}
      {parts.includes('book')
        ? choice(
            'book',
            t('book'),
            scope.book,
            books.map(([value, key]) => ({ value, label: t(key) })),
          )
        : null}
    </div>
  );
}
