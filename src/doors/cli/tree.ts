import type { Derivation, DerivationParameter } from '../../engines/policy/index.ts';
import { type Language, Rational } from '../../kernel/index.ts';
import { noFigure } from '../../services/insurance/index.ts';
import { doubts } from '../look/derivation.ts';

/**
 * A derivation as an indented tree: label and value, how it came, the article, and each parameter with document, article and day where it
 * is first used. What could not be computed has words in the place of a figure.
 */
export function tree(root: Derivation, language: Language): string {
  const seen = new Set<string>();
  const lines = (d: Derivation, depth: number): string[] => {
    const indent = '  '.repeat(depth);
    const tags = [d.assumed ? words.assumed : null, d.provisional ? words.provisional : null]
      .map((t) => (t === null ? '' : ` [${t[language]}]`))
      .join('');
    const value = d.value === noFigure ? words.notComputed[language] : d.value;
    const cite =
      d.cite === null
        ? []
        : [
            `${indent}  ${titled(d.cite.document)}${d.cite.article}`.trimEnd() +
              doubt(d.cite.confidence, language),
          ];
    return [
      `${indent}${d.label[language]} = ${value}${tags}`,
      ...d.formula[language].split('\n').map((line) => `${indent}  ${line}`),
      ...cite,
      ...newOf(d, seen).map((p) => `${indent}  ${shown(p, language)}`),
      ...d.because.flatMap((b) => lines(b, depth + 1)),
    ];
  };
  return lines(root, 0).join('\n');
}

const words = {
  assumed: { zh: '假定', en: 'assumed' },
  provisional: { zh: '暂定', en: 'provisional' },
  notComputed: { zh: '未计算', en: 'not computed' },
} as const;

const keyOf = (p: DerivationParameter): string => `${p.id} ${p.from}`;

/** Parameters of its own, that is of nothing below it, which were not told before. */
function newOf(d: Derivation, seen: Set<string>): DerivationParameter[] {
  const below = new Set(d.because.flatMap((b) => b.parameters.map(keyOf)));
  const own = d.parameters.filter((p) => !below.has(keyOf(p)) && !seen.has(keyOf(p)));
  for (const p of own) seen.add(keyOf(p));
  return own;
}

/** A parameter's value with the document, its article and the day from which it holds. */
function shown(p: DerivationParameter, language: Language): string {
  const from = { zh: `${p.from} 起`, en: `from ${p.from}` }[language];
  const source = p.assumed
    ? { zh: '假定，没有文件', en: 'assumed, no document' }[language]
    : `${titled(p.document)}${p.article}`.trimEnd() + doubt(p.confidence, language);
  return `${p.label[language]} ${valueShown(p)} [${source.trim()}, ${from}]`;
}

/** How surely a place in the law is known, where it was not read in the document itself. */
function doubt(confidence: DerivationParameter['confidence'], language: Language): string {
  const told = doubts[confidence];
  if (told === null) return '';
  return { zh: `（${told.zh}）`, en: ` (${told.en})` }[language];
}

/** Laws stand in title marks; a document's number does not. */
function titled(document: string): string {
  return document.includes('〔') ? `${document} ` : `《${document}》`;
}

/** Rates as percentages, one or a table of them; anything else as it stands. */
function valueShown(p: DerivationParameter): string {
  if (!/rate|share/i.test(p.id) || !/^[\d./ ]+$/.test(p.value)) return p.value;
  const percent = (text: string): string =>
    `${Rational.parse(text).times(Rational.of(100)).toDecimal()}%`;
  return p.value.split(' / ').map(percent).join(' / ');
}
