import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMonths, firstDay, type Month, type PlainDate } from '../../../kernel/index.ts';
import { type Enrolment, withMonths, without, withoutMonths } from './enrolments.ts';

const day = (month: number): PlainDate => firstDay(addMonths('2008-01' as Month, month));
const span = (from: number, to: number | null) => ({
  from: day(from),
  to: to === null ? null : day(to),
});
const worker = { category: 1, schemes: 31 };
const enrolment = (id: number, from: number, to: number | null, kind = worker): Enrolment => ({
  id,
  person: 7,
  ...kind,
  ...span(from, to),
});
const of = { person: 7, ...worker };
const always = () => true;
const never = () => false;

describe('withMonths', () => {
  it('opens what is not covered, without an end where no later roster says who stayed', () => {
    expect(withMonths([], [span(0, 1)], of, always)).toEqual({
      closed: [],
      opened: [{ ...of, ...span(0, null) }],
    });
    expect(withMonths([], [span(0, 1)], of, never)).toEqual({
      closed: [],
      opened: [{ ...of, ...span(0, 1) }],
    });
  });

  it('joins what touches when it is of the same kind, on both sides', () => {
    const standing = [enrolment(1, -5, 0), enrolment(2, 1, null)];
    expect(withMonths(standing, [span(0, 1)], of, always)).toEqual({
      closed: [1, 2],
      opened: [{ ...of, ...span(-5, null) }],
    });
    const other = [enrolment(1, -5, 0, { category: 4, schemes: 31 }), enrolment(2, 1, null)];
    expect(withMonths(other, [span(0, 1)], of, always)).toEqual({
      closed: [2],
      opened: [{ ...of, ...span(0, null) }],
    });
  });

  it('changes nothing where he was enrolled already', () => {
    expect(withMonths([enrolment(1, -5, null)], [span(0, 1)], of, always)).toEqual({
      closed: [],
      opened: [],
    });
  });
});

describe('withoutMonths', () => {
  it('keeps what came before, and what follows where a later roster names him', () => {
    const standing = [enrolment(1, -5, null)];
    expect(withoutMonths(standing, [span(0, 1)], always)).toEqual({
      closed: [1],
      opened: [
        { ...of, ...span(-5, 0) },
        { ...of, ...span(1, null) },
      ],
    });
    expect(withoutMonths(standing, [span(0, 1)], never).opened).toEqual([
      { ...of, ...span(-5, 0) },
    ]);
  });

  it('leaves enrolments alone that do not reach into the months', () => {
    expect(withoutMonths([enrolment(1, -5, 0)], [span(0, 1)], never)).toEqual({
      closed: [],
      opened: [],
    });
  });
});

describe('enrolments of any shape', () => {
  const spans = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 4 })),
    { maxLength: 5 },
  );
  const months = (list: readonly (readonly [number, number])[]) =>
    new Set(list.flatMap(([from, n]) => Array.from({ length: n }, (_, i) => from + i)));
  const covered = (list: readonly { from: PlainDate; to: PlainDate | null }[], month: number) =>
    list.filter((s) => s.from <= day(month) && (s.to === null || s.to > day(month))).length;
  /** Enrolments of one person never overlap. */
  const apart = (list: readonly (readonly [number, number])[]): Enrolment[] => {
    let next = 0;
    return list.map(([gap, n], id) => {
      const from = next + gap;
      next = from + n;
      return enrolment(id, from, next);
    });
  };
  const after = (
    standing: readonly Enrolment[],
    { closed, opened }: ReturnType<typeof withMonths>,
  ) => [...standing.filter((s) => !closed.includes(s.id)), ...opened];

  it('cover each month once that was there or is added, and no other', () => {
    fc.assert(
      fc.property(spans, spans, (there, more) => {
        const standing = apart(there);
        const list = more.map(([from, n]) => span(from, from + n));
        const result = after(standing, withMonths(standing, list, of, never));
        for (let m = 0; m < 60; m += 1)
          expect(covered(result, m)).toBe(
            covered(standing, m) === 1 || months(more).has(m) ? 1 : 0,
          );
      }),
    );
  });

  it('cover each month once that was there and is not taken off, and no other', () => {
    fc.assert(
      fc.property(spans, spans, (there, less) => {
        const standing = apart(there);
        const list = less.map(([from, n]) => span(from, from + n));
        const result = after(standing, withoutMonths(standing, list, always));
        for (let m = 0; m < 60; m += 1)
          expect(covered(result, m)).toBe(
            covered(standing, m) === 1 && !months(less).has(m) ? 1 : 0,
          );
      }),
    );
  });

  it('leave of a span what no other holds', () => {
    expect(without(span(0, null), [span(2, 3), span(1, 2)])).toEqual([span(0, 1), span(3, null)]);
  });
});
