import { daysBefore, plainDate } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { TextField } from '../../parts/field.tsx';
import { useSession } from '../../session.tsx';
import { read } from '../employer/forms.tsx';

const spanDays = 30;

export interface Days {
  readonly from: string;
  readonly to: string;
}

/** The last thirty days of the city's time, today with them; null until the clock is read. */
export function useLastDays(): Days | null {
  const { city } = useSession();
  if (city === null) return null;
  return { from: daysBefore(city.at, spanDays - 1), to: city.at.slice(0, 10) };
}

/** What is wrong with the two days, in words. */
export function useDaysWrong(days: Days): { readonly from?: string; readonly to?: string } {
  const speech = useSpeech();
  const from = read(days.from, plainDate, speech).error;
  const to = read(days.to, plainDate, speech).error;
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** From which day to which, in a form of `.filters`. */
export function DaysFields(props: {
  readonly days: Days;
  readonly change: (days: Days) => void;
  readonly wrong: ReturnType<typeof useDaysWrong>;
}) {
  const { t } = useSpeech();
  const { days, change, wrong } = props;
  const field = (name: 'from' | 'to') => (
    <TextField
      id={`day-${name}`}
      label={t(`audit.${name}`)}
      error={wrong[name]}
      value={days[name]}
      change={(value) => change({ ...days, [name]: value.trim() })}
      width="day"
    />
  );
  return (
    <>
      {field('from')}
      {field('to')}
    </>
  );
}
