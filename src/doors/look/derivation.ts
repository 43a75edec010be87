import { parseYuan, showYuan } from '../../kernel/money.ts';
import { Rational } from '../../kernel/rational.ts';
import type { Derivation, DerivationParameter } from '../../services/insurance/index.ts';

/** A derivation and all that it rests on, the outermost first. */
export function deep(part: Derivation): Derivation[] {
  return [part, ...part.because.flatMap(deep)];
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((i) => [key(i), i])).values()];
}

/** The parameters with figures among what the parts rest on, each once. How to round is said in the formula. */
export function figuresOf(parts: readonly Derivation[]): DerivationParameter[] {
  return unique(
    parts.flatMap(deep).flatMap((d) => d.parameters),
    (p) => `${p.id} ${p.from}`,
  ).filter((p) => /^[\d./ ]+$/.test(p.value));
}

/** Where in the law something stands: each place once. */
export function articlesOf<T extends { readonly document: string; readonly article: string }>(
  places: readonly T[],
): T[] {
  return unique(places, (p) => `${p.document} ${p.article}`);
}

/** The articles of law that the parts rest on, each once. */
export function citesOf(parts: readonly Derivation[]): NonNullable<Derivation['cite']>[] {
  return articlesOf(parts.flatMap(deep).flatMap((d) => (d.cite === null ? [] : [d.cite])));
}

type Confidence = DerivationParameter['confidence'];

/** How surely the text of a place in the law is known, where it was not read in the document itself. */
export const doubts: Readonly<
  Record<Confidence, { readonly zh: string; readonly en: string } | null>
> = {
  found: null,
  quoted: { zh: '据引文', en: 'as quoted' },
  'third-party': { zh: '据转载', en: 'as reprinted' },
  memory: { zh: '待核', en: 'to be checked' },
  'memory-low': { zh: '待核，把握不大', en: 'to be checked, uncertain' },
};

/** Rates and shares read as percentages, one or a table of them; a wage of reference as an amount; others stay as they are. */
export function shownValue(p: DerivationParameter): string {
  if (p.id === 'contribution.reference') return showYuan(parseYuan(p.value));
  if (!/rate|share/i.test(p.id)) return p.value;
  const percent = (text: string) => `${Rational.parse(text).times(Rational.of(100)).toDecimal()}%`;
  return p.value.split(' / ').map(percent).join(' / ');
}
