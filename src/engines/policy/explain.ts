import { fen, MindunError, Rational, showYuan, type Text } from '../../kernel/index.ts';
import type { Condition, ExactNode, Fens, Node, RateNode, Rounding } from './graph.ts';
import type { Cite, Confidence, Law, Question, Version } from './law.ts';

/** One node of a derivation: the same from graph rules, procedural rules and stored determinations. */
export interface Derivation {
  readonly rule: string;
  readonly label: Text;
  readonly value: string;
  readonly formula: Text;
  readonly cite: Cite | null;
  readonly parameters: readonly DerivationParameter[];
  readonly assumed: boolean;
  readonly provisional: boolean;
  readonly because: readonly Derivation[];
}

export interface DerivationParameter {
  readonly id: string;
  readonly label: Text;
  readonly value: string;
  readonly from: string;
  readonly document: string;
  readonly article: string;
  readonly confidence: Confidence;
  readonly assumed: boolean;
  readonly provisional: boolean;
}

export function derivationParameter(law: Law, v: Version): DerivationParameter {
  return {
    id: v.parameter,
    label: law.label(v.parameter),
    value: v.table === null ? v.value : v.table.join(' / '),
    from: v.from,
    document: v.document,
    article: v.article,
    confidence: v.confidence,
    assumed: v.assumed,
    provisional: v.provisional,
  };
}

export type Inputs = Readonly<Record<string, number>>;

interface Traced {
  readonly value: number;
  readonly zh: string;
  readonly en: string;
  readonly parameters: readonly Version[];
  readonly because: readonly Derivation[];
}

/** Value of a graph formula in fen, computed in exact rationals: the oracle of the compiled form. */
export function evaluate(formula: Fens, law: Law, question: Question, inputs: Inputs): number {
  return trace(formula.node, law, question, inputs).value;
}

/**
 * The derivation of a named formula with figures filled in.
 * @throws MindunError parameter-unset, class-not-in-table
 */
export function explain(formula: Fens, law: Law, question: Question, inputs: Inputs): Derivation {
  const { node } = formula;
  if (node.kind !== 'rule') throw new Error('only a named rule can be explained');
  return derivation(node, trace(node.of, law, question, inputs), law, question);
}

function derivation(
  node: Extract<Node, { kind: 'rule' }>,
  t: Traced,
  law: Law,
  question: Question,
): Derivation {
  const parameters = t.parameters.map((v) => derivationParameter(law, v));
  return {
    rule: node.id,
    label: node.label,
    value: showYuan(fen(t.value)),
    formula: { zh: t.zh, en: t.en },
    cite: law.cite(node.basis, question),
    parameters,
    because: t.because,
    assumed: parameters.some((p) => p.assumed) || t.because.some((b) => b.assumed),
    provisional: parameters.some((p) => p.provisional) || t.because.some((b) => b.provisional),
  };
}

function plain(value: number, text: Text | string, parameters: readonly Version[] = []): Traced {
  const { zh, en } = typeof text === 'string' ? { zh: text, en: text } : text;
  return { value, zh, en, parameters, because: [] };
}

function trace(node: Node, law: Law, question: Question, inputs: Inputs): Traced {
  switch (node.kind) {
    case 'zero':
      return plain(0, showYuan(fen(0)));
    case 'input': {
      const value = inputs[node.id];
      if (value === undefined) throw new MindunError('input-invalid', { what: node.id });
      const figure = node.unit === 'fen' ? showYuan(fen(value)) : String(value);
      return plain(value, { zh: `${node.label.zh} ${figure}`, en: `${node.label.en} ${figure}` });
    }
    case 'money': {
      const version = law.version(node.parameter, question);
      const value = moneyOf(version);
      const label = law.label(node.parameter);
      return plain(
        value,
        { zh: `${label.zh} ${showYuan(fen(value))}`, en: `${label.en} ${showYuan(fen(value))}` },
        [version],
      );
    }
    case 'prefer':
      return law.isSet(node.parameter, question)
        ? trace({ kind: 'money', parameter: node.parameter }, law, question, inputs)
        : trace(node.otherwise, law, question, inputs);
    case 'plus':
      return joined(
        trace(node.a, law, question, inputs),
        trace(node.b, law, question, inputs),
        '+',
      );
    case 'round':
      return rounded(node.of, node.rounding, law, question, inputs);
    case 'clamp':
      return clamped(node, law, question, inputs);
    case 'when':
      return trace(
        holds(node.condition, inputs) ? node.yes : node.otherwise,
        law,
        question,
        inputs,
      );
    case 'rule': {
      const inner = trace(node.of, law, question, inputs);
      const figure = showYuan(fen(inner.value));
      return {
        value: inner.value,
        zh: `${node.label.zh} ${figure}`,
        en: `${node.label.en} ${figure}`,
        parameters: [],
        because: [derivation(node, inner, law, question)],
      };
    }
  }
}

function joined(a: Traced, b: Traced, sign: string): Traced {
  return {
    value: a.value + b.value,
    zh: `${a.zh} ${sign} ${b.zh}`,
    en: `${a.en} ${sign} ${b.en}`,
    parameters: [...a.parameters, ...b.parameters],
    because: [...a.because, ...b.because],
  };
}

function clamped(
  node: Extract<Node, { kind: 'clamp' }>,
  law: Law,
  question: Question,
  inputs: Inputs,
): Traced {
  const of = trace(node.of, law, question, inputs);
  const low = trace(node.low, law, question, inputs);
  const high = trace(node.high, law, question, inputs);
  const value = Math.max(low.value, Math.min(of.value, high.value));
  return {
    value,
    zh: `${of.zh}，不低于 ${low.zh}，不高于 ${high.zh}`,
    en: `${of.en}, at least ${low.en}, at most ${high.en}`,
    parameters: [...of.parameters, ...low.parameters, ...high.parameters],
    because: [...of.because, ...low.because, ...high.because],
  };
}

function rounded(
  node: ExactNode,
  rounding: Rounding,
  law: Law,
  question: Question,
  inputs: Inputs,
): Traced {
  const of = trace(node.of, law, question, inputs);
  const { factor, versions, text } = rates(node.rates, law, question, inputs);
  const mode = roundingOf(rounding, law, question);
  const exact = Rational.of(of.value).times(factor);
  const value = Number(mode.yuan ? exact.over(hundred).roundHalfUp() * 100n : exact.roundHalfUp());
  return {
    value,
    zh: `${of.zh} × ${text}（四舍五入到${mode.yuan ? '元' : '分'}）`,
    en: `${of.en} × ${text} (half up to the ${mode.yuan ? 'yuan' : 'fen'})`,
    parameters: [...of.parameters, ...versions, ...mode.versions],
    because: of.because,
  };
}

const hundred = Rational.of(100);

/** The product of rates as one exact factor, with the versions used. */
export function rates(
  nodes: readonly RateNode[],
  law: Law,
  question: Question,
  inputs: Inputs,
): { factor: Rational; versions: Version[]; text: string } {
  let factor = Rational.one;
  const versions: Version[] = [];
  const texts: string[] = [];
  for (const node of inForce(nodes, law, question)) {
    const version = law.version(node.parameter, question);
    const value = node.kind === 'rate' ? version.value : classValue(version, inputs[node.input]);
    const exact = decimalOf(value, node.parameter);
    if (node.factor === true && !version.assumed && exact.equals(Rational.one)) continue;
    factor = factor.times(exact);
    versions.push(version);
    texts.push(percent(exact));
  }
  return { factor, versions, text: texts.join(' × ') };
}

/** The rates that count on a day. */
export function inForce(
  nodes: readonly RateNode[],
  law: Law,
  question: Question,
): readonly RateNode[] {
  return nodes.filter(
    (n) => n.kind === 'rate' || n.whileSet !== true || law.isSet(n.parameter, question),
  );
}

/** @throws MindunError class-not-in-table */
export function classValue(version: Version, index: number | undefined): string {
  const value = version.table?.[(index ?? 0) - 1];
  if (value === undefined) throw new MindunError('class-not-in-table', { value: String(index) });
  return value;
}

/** A figure of the law or of a case. @throws MindunError input-invalid when it is no decimal */
function decimalOf(value: string, parameter: string): Rational {
  if (!/^-?\d+(\.\d+)?$/.test(value)) {
    throw new MindunError('input-invalid', { what: `${parameter} = ${value}` });
  }
  return Rational.parse(value);
}

function percent(value: Rational): string {
  return `${value.times(hundred).toDecimal()}%`;
}

export function roundingOf(
  rounding: Rounding,
  law: Law,
  question: Question,
): { yuan: boolean; versions: Version[] } {
  if (typeof rounding === 'string') return { yuan: rounding === 'yuan-half-up', versions: [] };
  const version = law.version(rounding.parameter, question);
  if (version.value !== 'yuan-half-up' && version.value !== 'fen-half-up') {
    throw new MindunError('input-invalid', { what: `${rounding.parameter} = ${version.value}` });
  }
  return { yuan: version.value === 'yuan-half-up', versions: [version] };
}

/** A parameter in yuan as whole fen. @throws MindunError input-invalid when it has parts of a fen */
export function moneyOf(version: Version): number {
  const exact = decimalOf(version.value, version.parameter).times(hundred);
  if (exact.den !== 1n || exact.num < 0n) {
    throw new MindunError('input-invalid', { what: `${version.parameter} = ${version.value}` });
  }
  return Number(exact.num);
}

export function holds(condition: Condition, inputs: Inputs): boolean {
  const value = inputs[condition.input] ?? 0;
  return 'bit' in condition ? (value & condition.bit) !== 0 : condition.in.includes(value);
}
