import type { Text } from '../../kernel/index.ts';

/**
 * Graph rules: formulas over whole fen that one interpreter explains and one compiler runs for a city. A product with
 * a rate is `Exact`: it has no output and no storage until a named rounding makes it fen again, so a formula
 * without its rounding does not compile.
 */
export type Rounding = 'fen-half-up' | 'yuan-half-up' | { readonly parameter: string };

export type Condition =
  | { readonly input: string; readonly in: readonly number[] }
  | { readonly input: string; readonly bit: number };

export type Node =
  | {
      readonly kind: 'input';
      readonly id: string;
      readonly label: Text;
      readonly min: number;
      readonly max: number;
      readonly unit: 'fen' | 'code';
    }
  | { readonly kind: 'zero' }
  | { readonly kind: 'money'; readonly parameter: string }
  | { readonly kind: 'prefer'; readonly parameter: string; readonly otherwise: Node }
  | { readonly kind: 'round'; readonly of: ExactNode; readonly rounding: Rounding }
  | { readonly kind: 'plus'; readonly a: Node; readonly b: Node }
  | { readonly kind: 'clamp'; readonly of: Node; readonly low: Node; readonly high: Node }
  | {
      readonly kind: 'when';
      readonly condition: Condition;
      readonly yes: Node;
      readonly otherwise: Node;
    }
  | {
      readonly kind: 'rule';
      readonly id: string;
      readonly label: Text;
      /** Id of what it rests on, a dated parameter of unit `basis`. */
      readonly basis: string;
      readonly of: Node;
    };

export type RateNode =
  | { readonly kind: 'rate'; readonly parameter: string; readonly factor?: true }
  | {
      readonly kind: 'classRate';
      readonly parameter: string;
      readonly input: string;
      readonly factor?: true;
      /** Left out on days on which no version is in force. */
      readonly whileSet?: true;
    };

/** A whole amount times rates, not rounded. */
export interface ExactNode {
  readonly of: Node;
  readonly rates: readonly RateNode[];
}

declare const quantity: unique symbol;
/** Whole fen (or a code): may be stored, shown and given out. */
export interface Fens {
  readonly node: Node;
  readonly [quantity]: 'fen';
  plus(other: Fens): Fens;
  clamp(low: Fens, high: Fens): Fens;
  times(...rates: RateNode[]): Exact;
}

/** An unrounded amount: cannot be stored, given out or compared. */
export interface Exact {
  readonly exact: ExactNode;
  /** The only way back to whole fen: the rounding is named. */
  round(rounding: Rounding): Fens;
}

function fens(node: Node): Fens {
  return {
    node,
    plus: (other) => fens({ kind: 'plus', a: node, b: other.node }),
    clamp: (low, high) => fens({ kind: 'clamp', of: node, low: low.node, high: high.node }),
    times: (...rates) => exact({ of: node, rates }),
  } as Fens;
}

function exact(node: ExactNode): Exact {
  return { exact: node, round: (rounding) => fens({ kind: 'round', of: node, rounding }) };
}

/** An input column with the bounds that the compiler's proof rests on. */
export function input(
  id: string,
  label: Text,
  unit: 'fen' | 'code',
  min: number,
  max: number,
): Fens {
  return fens({ kind: 'input', id, label, min, max, unit });
}

/** A parameter in yuan, as fen. */
export function money(parameter: string): Fens {
  return fens({ kind: 'money', parameter });
}

/** A parameter in yuan where a document sets it, else the formula. */
export function prefer(parameter: string, otherwise: Fens): Fens {
  return fens({ kind: 'prefer', parameter, otherwise: otherwise.node });
}

export function rate(parameter: string): RateNode {
  return { kind: 'rate', parameter };
}

/** A rate by class out of a table, classes counted from 1. */
export function classRate(parameter: string, inputId: string): RateNode {
  return { kind: 'classRate', parameter, input: inputId };
}

/** A factor on a rate: derivations pass over it where the law makes it 1. */
export function factor(parameter: string): RateNode {
  return { kind: 'rate', parameter, factor: true };
}

/** A factor by step out of a table, steps counted from 1. */
export function stepFactor(parameter: string, inputId: string): RateNode {
  return { kind: 'classRate', parameter, input: inputId, factor: true };
}

/**
 * A factor that the law knows at some times only, by class. Class 0: it is not known which; the amount is then 0 in a batch, and
 * whoever runs it leaves it out.
 */
export function reliefFactor(parameter: string, inputId: string): RateNode {
  return { kind: 'classRate', parameter, input: inputId, factor: true, whileSet: true };
}

export const zero: Fens = fens({ kind: 'zero' });

/** `yes` where the condition holds, else `otherwise`. There is no implicit else. */
export function when(condition: Condition, yes: Fens, otherwise: Fens): Fens {
  return fens({ kind: 'when', condition, yes: yes.node, otherwise: otherwise.node });
}

/** Names a formula and what it rests on: what explanations speak of. An unrounded formula does not fit. */
export function rule(id: string, label: Text, basis: string, formula: Fens): Fens {
  return fens({ kind: 'rule', id, label, basis, of: formula.node });
}
