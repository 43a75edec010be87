import { useParams, useSearchParams } from 'react-router';
import type { Queries } from './api.ts';
import { type Asked, useAsk } from './asking.ts';

/** The month of the page's address, or else the one that is being worked on. */
export function useMonth(): {
  readonly month: string | null;
  readonly months: Asked<Queries['insurance.months'][1]>;
} {
  const { month } = useParams();
  const [search] = useSearchParams();
  const months = useAsk('insurance.months', {});
  return { month: month ?? search.get('month') ?? months.answer?.open ?? null, months };
}
