import { Fragment, type ReactNode } from 'react';
import { useAsk } from '../../asking.ts';
import { showYuan } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { EmployerLink, Han } from '../../parts/words.tsx';
import { useSession } from '../../session.tsx';
import { type TextKey, texts } from '../../texts/index.ts';

// What one looks for first stands first, why last; whatever else in between.
const first = ['person', 'employer', 'bill', 'month', 'amountFen'];
const last = ['document', 'reason'];
const placeOf = (name: string): number =>
  first.includes(name)
    ? first.indexOf(name) - first.length
    : last.includes(name)
      ? last.indexOf(name) + 1
      : 0;

/** The fields of what was put forward, each with its name in words. */
export function useInputRows(input: unknown): readonly (readonly [string, ReactNode])[] {
  const { t } = useSpeech();
  if (typeof input !== 'object' || input === null) return [];
  const fields = Object.entries(input).sort(([a], [b]) => placeOf(a) - placeOf(b));
  return fields.map(([name, value]) => {
    const key = `input.${name}`;
    const title = key in texts ? t(key as TextKey) : name;
    return [title, <Value key={name} name={name} value={value} />] as const;
  });
}

/** The same in one line of a list. */
export function Summary({ input }: { readonly input: unknown }) {
  const rows = useInputRows(input);
  return (
    <span>
      {rows.map(([name, value], i) => (
        <Fragment key={name}>
          {i === 0 ? null : ' · '}
          <span className="quiet">{name}</span> {value}
        </Fragment>
      ))}
    </span>
  );
}

function Value({ name, value }: { readonly name: string; readonly value: unknown }): ReactNode {
  if (name === 'employer' && typeof value === 'string') return <Employer employer={value} />;
  if (name.endsWith('Fen') && typeof value === 'number') return <b>{showYuan(value)}</b>;
  if (typeof value === 'string') return <Han>{value}</Han>;
  return JSON.stringify(value);
}

/** By its name, where one may see it. */
function Employer({ employer }: { readonly employer: string }) {
  const { may } = useSession();
  const { answer } = useAsk('insurance.employer', may('insurance.employer') ? { employer } : null);
  return answer === null ? (
    employer
  ) : (
    <EmployerLink employer={answer.employer} name={answer.name} />
  );
}
