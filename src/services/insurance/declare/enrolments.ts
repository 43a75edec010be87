import type { PlainDate } from '../../../kernel/index.ts';

/** Days from one to another, that one not included; without an end: null. */
export interface Span {
  readonly from: PlainDate;
  readonly to: PlainDate | null;
}

/** In what somebody is enrolled at an employer: category and schemes by their stored numbers. */
export interface Kind {
  readonly category: number;
  readonly schemes: number;
}

/** A person's enrolment at an employer as it is stored. */
export interface Enrolment extends Span, Kind {
  readonly id: number;
  /** The file it stands under. */
  readonly person: number;
}

/** How enrolments change: those that are known no more, and those that take their place. */
export interface Changed {
  readonly closed: readonly number[];
  readonly opened: readonly (Span & Kind & { readonly person: number })[];
}

// No day comes after it: an end that is not there, in comparisons.
const never = '9999-12-31' as PlainDate;
const endOf = (span: Span): PlainDate => span.to ?? never;

/** What is left of a span without others. */
export function without(span: Span, others: readonly Span[]): Span[] {
  const left: Span[] = [];
  let from: PlainDate = span.from;
  for (const other of [...others].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    if (endOf(other) <= from) continue;
    if (other.from >= endOf(span)) break;
    if (other.from > from) left.push({ from, to: other.from });
    from = endOf(other);
  }
  if (from < endOf(span)) left.push({ from, to: span.to });
  return left;
}

/** Spans in the order of their days, those that touch joined. */
export function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = out.at(-1);
    if (last !== undefined && endOf(last) >= span.from)
      out[out.length - 1] = { from: last.from, to: endOf(last) >= endOf(span) ? last.to : span.to };
    else out.push(span);
  }
  return out;
}

/**
 * A person's enrolments with months in which he turned out to have been there: what of these is not covered, joined with enrolments of the
 * same kind that touch it.
 * @param goesOn whether he stays when the months end on that day: no later roster says otherwise
 */
export function withMonths(
  standing: readonly Enrolment[],
  months: readonly Span[],
  of: Kind & { readonly person: number },
  goesOn: (day: PlainDate) => boolean,
): Changed {
  const { person, category, schemes } = of;
  const gaps = joined(months)
    .flatMap((m) => without(m, standing))
    .map((gap) => {
      const later = standing.some((s) => s.from >= endOf(gap));
      return gap.to !== null && !later && goesOn(gap.to) ? { ...gap, to: null } : gap;
    });
  const touching = standing.filter(
    (s) =>
      s.category === category &&
      s.schemes === schemes &&
      gaps.some((gap) => endOf(s) === gap.from || s.from === gap.to),
  );
  return {
    closed: gaps.length === 0 ? [] : touching.map((s) => s.id),
    opened: (gaps.length === 0 ? [] : joined([...gaps, ...touching])).map((span) => ({
      ...span,
      person,
      category,
      schemes,
    })),
  };
}

/**
 * A person's enrolments without months in which he turned out not to have been there. What follows such a month stays where a later
 * roster names him.
 * @param named whether a roster of that day's month or later names him
 */
export function withoutMonths(
  standing: readonly Enrolment[],
  months: readonly Span[],
  named: (day: PlainDate) => boolean,
): Changed {
  const cut = joined(months);
  const hit = standing.filter((s) => cut.some((m) => m.from < endOf(s) && endOf(m) > s.from));
  return {
    closed: hit.map((s) => s.id),
    opened: hit.flatMap(({ id: _id, from, to, ...of }) =>
      without({ from, to }, cut)
        .filter((piece) => piece.from === from || named(piece.from))
        .map((piece) => ({ ...of, ...piece })),
    ),
  };
}
