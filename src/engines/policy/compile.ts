import { MindunError, Rational } from '../../kernel/index.ts';
import { evaluate, inForce, rates, roundingOf } from './explain.ts';
import type { Condition, ExactNode, Fens, Node, RateNode } from './graph.ts';
import type { Law, Question, Version } from './law.ts';

/** Columns of one batch in one arena, so that they do not thrash the same cache set. */
export interface Arena {
  readonly rows: number;
  column(name: string): Int32Array;
}

/** How a rounding is carried out exactly, with the bound that proves it. */
export interface Proof {
  readonly bound: number;
  readonly route: 'reciprocal' | 'divide';
}

export interface Compiled {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The versions of parameters that it holds. */
  readonly versions: readonly Version[];
  readonly proof: readonly Proof[];
  /** Computes rows 0..n−1. @throws MindunError input-invalid when a column leaves its declared bounds */
  run(arena: Arena, n: number): void;
}

/** An arena of Int32 columns: strides of a multiple of 4096 plus 192 bytes keep columns in different cache sets. */
export function makeArena(names: readonly string[], rows: number): Arena {
  const stride = Math.ceil((rows * 4) / 4096) * 4096 + 192;
  const buffer = new ArrayBuffer(stride * names.length);
  const columns = new Map(names.map((name, i) => [name, new Int32Array(buffer, i * stride, rows)]));
  return {
    rows,
    column(name) {
      const found = columns.get(name);
      if (found === undefined) throw new RangeError(`no column ${name}`);
      return found;
    },
  };
}

interface Term {
  readonly code: string;
  readonly min: number;
  readonly max: number;
}

/**
 * Compiles named formulas to one fused loop for one question. Parameters become literals; each rounding is proved exact
 * from the inputs' bounds.
 * @throws MindunError parameter-unset, bound-too-wide
 */
export function compile(
  outputs: Readonly<Record<string, Fens>>,
  law: Law,
  question: Question,
): Compiled {
  const unit = new Unit(law, question);
  const results = Object.entries(outputs).map(([name, formula]) => {
    const term = unit.term(formula.node);
    if (term.max > 0x7fffffff || term.min < -0x80000000)
      throw new MindunError('bound-too-wide', { node: name });
    return { name, code: term.code };
  });
  const inputs = [...unit.inputs.keys()];
  const names = [...inputs, ...results.map((r) => r.name)];
  const source = `"use strict";
    ${names.map((n, i) => `const c${i} = arena.column(${JSON.stringify(n)});`).join('\n')}
    for (let i = 0; i < n; i++) {
      ${inputs.map((n, i) => `const ${unit.inputs.get(n)!.name} = c${i}[i];`).join('\n')}
      ${unit.lines.join('\n')}
      ${results.map((r, i) => `c${inputs.length + i}[i] = ${r.code};`).join('\n')}
    }`;
  const loop = new Function('arena', 'n', 'T', source) as (
    a: Arena,
    n: number,
    t: readonly Float64Array[],
  ) => void;
  const bounds = [...unit.inputs.values()];
  return {
    inputs,
    outputs: results.map((r) => r.name),
    versions: [...unit.versions.values()],
    proof: unit.proof,
    run(arena, n) {
      inputs.forEach((name, i) => {
        checkBounds(arena.column(name), n, name, bounds[i]!);
      });
      loop(arena, n, unit.tables);
    },
  };
}

function checkBounds(
  column: Int32Array,
  n: number,
  name: string,
  bound: { min: number; max: number },
): void {
  let low = bound.min;
  let high = bound.max;
  for (let i = 0; i < n; i += 1) {
    const v = column[i]!;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low < bound.min || high > bound.max) {
    throw new MindunError('input-invalid', { what: `${name}: ${low < bound.min ? low : high}` });
  }
}

/** One compilation: code lines in order, every node once. */
class Unit {
  readonly inputs = new Map<string, { name: string; min: number; max: number }>();
  readonly lines: string[] = [];
  readonly tables: Float64Array[] = [];
  readonly versions = new Map<string, Version>();
  readonly proof: Proof[] = [];
  readonly #done = new Map<Node, Term>();
  readonly #law: Law;
  readonly #question: Question;

  constructor(law: Law, question: Question) {
    this.#law = law;
    this.#question = question;
  }

  term(node: Node): Term {
    const known = this.#done.get(node);
    if (known !== undefined) return known;
    const made = this.#make(node);
    this.#done.set(node, made);
    return made;
  }

  #make(node: Node): Term {
    if (node.kind !== 'input' && isConstant(node)) return this.#constant(node);
    switch (node.kind) {
      case 'input':
        return this.#input(node.id, node.min, node.max);
      case 'rule':
        return this.term(node.of);
      case 'plus': {
        const a = this.term(node.a);
        const b = this.term(node.b);
        return this.#let(`${a.code} + ${b.code}`, a.min + b.min, a.max + b.max);
      }
      case 'clamp': {
        const of = this.term(node.of);
        const low = this.term(node.low);
        const high = this.term(node.high);
        // The floor wins over a cap below it, as in the interpreter.
        const capped = `(${high.code} < ${low.code} ? ${low.code} : ${high.code})`;
        return this.#let(
          `${of.code} < ${low.code} ? ${low.code} : ${of.code} > ${high.code} ? ${capped} : ${of.code}`,
          Math.max(low.min, Math.min(of.min, high.min)),
          Math.max(low.max, Math.min(of.max, high.max)),
        );
      }
      case 'when': {
        const yes = this.term(node.yes);
        const otherwise = this.term(node.otherwise);
        return this.#let(
          `${this.#condition(node.condition)} ? ${yes.code} : ${otherwise.code}`,
          Math.min(yes.min, otherwise.min),
          Math.max(yes.max, otherwise.max),
        );
      }
      case 'round':
        return this.#round(node.of, roundingOf(node.rounding, this.#law, this.#question));
      default:
        return this.#constant(node);
    }
  }

  #constant(node: Node): Term {
    const value = evaluate({ node } as Fens, this.#law, this.#question, {});
    this.#collect(node);
    return { code: String(value), min: value, max: value };
  }

  /** Notes the versions that a folded constant came from. */
  #collect(node: Node): void {
    if (node.kind === 'money') this.#use(node.parameter);
    if (node.kind === 'round') {
      for (const r of node.of.rates) this.#use(r.parameter);
      if (typeof node.rounding !== 'string') this.#use(node.rounding.parameter);
      this.#collect(node.of.of);
    }
    if (node.kind === 'prefer') {
      if (this.#law.isSet(node.parameter, this.#question)) this.#use(node.parameter);
      else this.#collect(node.otherwise);
    }
    if (node.kind === 'plus') {
      this.#collect(node.a);
      this.#collect(node.b);
    }
    if (node.kind === 'clamp') {
      this.#collect(node.of);
      this.#collect(node.low);
      this.#collect(node.high);
    }
    if (node.kind === 'rule') this.#collect(node.of);
  }

  #use(parameter: string): Version {
    const version = this.#law.version(parameter, this.#question);
    this.versions.set(parameter, version);
    return version;
  }

  #input(id: string, min: number, max: number): Term {
    const name = `in_${id.replace(/\W/g, '_')}`;
    const there = this.inputs.get(id);
    this.inputs.set(id, {
      name,
      min: Math.max(min, there?.min ?? min),
      max: Math.min(max, there?.max ?? max),
    });
    return { code: name, min, max };
  }

  #condition(condition: Condition): string {
    const known = this.inputs.get(condition.input);
    const { code } =
      known === undefined ? this.#input(condition.input, 0, 255) : { code: known.name };
    return 'bit' in condition
      ? `(${code} & ${condition.bit}) !== 0`
      : `(${condition.in.map((v) => `${code} === ${v}`).join(' || ')})`;
  }

  #round(node: ExactNode, mode: { yuan: boolean }): Term {
    const of = this.term(node.of);
    if (of.min < 0 || mode.yuan) throw new MindunError('bound-too-wide', { node: 'round' });
    const counting = inForce(node.rates, this.#law, this.#question);
    for (const r of counting) this.#use(r.parameter);
    const fixed = counting.filter((r) => r.kind === 'rate');
    const { factor } = rates(fixed, this.#law, this.#question, {});
    const byClass = counting.filter((r) => r.kind === 'classRate');
    if (byClass.length === 0) {
      return this.#divide(
        `${of.code} * ${factor.num}`,
        of.max * Number(factor.num),
        Number(factor.den),
      );
    }
    const { cells, index } = this.#table(factor, byClass);
    // One denominator for the whole table, so that the loop multiplies by a whole number and divides once.
    const den = cells.reduce((d, r) => lcm(d, r.den), 1n);
    const numerators = cells.map((r) => Number((r.num * den) / r.den));
    this.tables.push(Float64Array.from(numerators));
    return this.#divide(
      `${of.code} * T[${this.tables.length - 1}][${index}]`,
      of.max * Math.max(...numerators),
      Number(den),
    );
  }

  /** The products of all combinations of classes in one table, class 0 of each being nothing, and where to look in it. */
  #table(
    fixed: Rational,
    byClass: readonly Extract<RateNode, { kind: 'classRate' }>[],
  ): { cells: readonly Rational[]; index: string } {
    let cells: readonly Rational[] = [fixed];
    let index = '0';
    for (const { parameter, input, whileSet } of byClass) {
      const table = this.#law.version(parameter, this.#question).table ?? [];
      const factors = [Rational.zero, ...table.map((c) => Rational.parse(c))];
      cells = cells.flatMap((c) => factors.map((f) => c.times(f)));
      const { code } = this.#input(input, whileSet === true ? 0 : 1, table.length);
      index = index === '0' ? code : `(${index}) * ${factors.length} + ${code}`;
    }
    return { cells, index };
  }

  /** half-up(num ÷ den): by the reciprocal below 2^50 for even den, by one division below 2^53, else refused. */
  #divide(num: string, bound: number, den: number): Term {
    const max = Math.ceil(bound / den) + 1;
    if (den % 2 === 0 && bound + den / 2 < 2 ** 50) {
      this.proof.push({ bound, route: 'reciprocal' });
      return this.#let(`Math.trunc((${num} + ${den / 2 + 0.5}) * ${1 / den})`, 0, max);
    }
    if (2 * bound + den < 2 ** 53) {
      this.proof.push({ bound, route: 'divide' });
      return this.#let(`Math.floor((2 * (${num}) + ${den}) / ${2 * den})`, 0, max);
    }
    throw new MindunError('bound-too-wide', { node: num });
  }

  #let(code: string, min: number, max: number): Term {
    const name = `v${this.lines.length}`;
    this.lines.push(`const ${name} = ${code};`);
    return { code: name, min, max };
  }
}

function isConstant(node: Node): boolean {
  switch (node.kind) {
    case 'input':
    case 'when':
      return false;
    case 'zero':
    case 'money':
      return true;
    case 'round':
      return isConstant(node.of.of) && node.of.rates.every((r) => r.kind === 'rate');
    case 'plus':
      return isConstant(node.a) && isConstant(node.b);
    case 'clamp':
      return isConstant(node.of) && isConstant(node.low) && isConstant(node.high);
    case 'prefer':
      return isConstant(node.otherwise);
    case 'rule':
      return isConstant(node.of);
  }
}

function lcm(a: bigint, b: bigint): bigint {
  let x = a;
  let y = b;
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}
