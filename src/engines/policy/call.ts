import { MindunError, type PlainDate, plainDate, Rational, type Text } from '../../kernel/index.ts';
import { type Derivation, type DerivationParameter, derivationParameter } from './explain.ts';
import type { Law, Question, Version } from './law.ts';

export type Value =
  | string
  | number
  | boolean
  | readonly Value[]
  | { readonly [key: string]: Value };
export type Given = Readonly<Record<string, unknown>>;
export type Outputs = Readonly<Record<string, Value>>;

/** A procedural rule: typed inputs, named outputs, the steps it took. Graph rules are called through one, too. */
export interface RuleDefinition {
  readonly id: string;
  readonly label: Text;
  /** Id of what it rests on, a dated parameter of unit `basis`. */
  readonly basis: string;
  /** In force only on days on which its basis is. */
  readonly whileBased?: boolean;
  readonly inputs: readonly string[];
  readonly run: (call: Call) => Outputs;
}

/** One call of a rule: reads inputs and parameters, and keeps what was read and done. */
export class Call {
  readonly law: Law;
  readonly question: Question;
  readonly given: Given;
  readonly versions: Version[] = [];
  readonly steps: Text[] = [];
  readonly because: Derivation[] = [];
  /** Set where a call rests on something else than its rule does. */
  basis: string | undefined;

  constructor(law: Law, question: Question, given: Given) {
    this.law = law;
    this.question = question;
    this.given = given;
  }

  /** Writes down one step with its figures filled in. */
  step(zh: string, en: string): void {
    this.steps.push({ zh, en });
  }

  /** @throws MindunError parameter-unset */
  parameter(id: string, on?: PlainDate): Version {
    const version = this.law.version(
      id,
      on === undefined ? this.question : { ...this.question, on },
    );
    this.versions.push(version);
    return version;
  }

  rate(id: string, on?: PlainDate): Rational {
    return decimal(this.parameter(id, on).value, id);
  }

  /** A way to proceed out of those known. @throws MindunError strategy-unknown for another word */
  setting<W extends string>(id: string, known: readonly W[]): W {
    const { way, version } = this.law.way(id, this.question, known);
    this.versions.push(version);
    return way;
  }

  has(name: string): boolean {
    return this.given[name] !== undefined && this.given[name] !== null;
  }

  /** Yuan of a required input. @throws MindunError input-invalid when missing, negative or beyond the fen */
  money(name: string): Rational {
    return moneyOf(this.given[name], name);
  }

  count(name: string): number {
    return countOf(this.given[name], name);
  }

  date(name: string): PlainDate {
    const value = this.given[name];
    if (typeof value !== 'string') throw invalid(name);
    return plainDate(value);
  }

  code<W extends string>(name: string, allowed: readonly W[], otherwise?: W): W {
    const value = this.given[name] ?? otherwise;
    const found = allowed.find((w) => w === value);
    if (found === undefined) throw invalid(name);
    return found;
  }

  flag(name: string): boolean {
    const value = this.given[name] ?? false;
    if (typeof value !== 'boolean') throw invalid(name);
    return value;
  }

  list(name: string): readonly Given[] {
    const value = this.given[name];
    if (!Array.isArray(value)) throw invalid(name);
    return value.map((v) => {
      if (typeof v !== 'object' || v === null || Array.isArray(v)) throw invalid(name);
      return v as Given;
    });
  }
}

export function invalid(what: string): MindunError {
  return new MindunError('input-invalid', { what });
}

export function decimal(value: unknown, what: string): Rational {
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)) throw invalid(what);
  return Rational.parse(value);
}

export function moneyOf(value: unknown, what: string): Rational {
  const amount = decimal(value, what);
  if (amount.compare(Rational.zero) < 0 || amount.times(Rational.of(100)).den !== 1n)
    throw invalid(what);
  return amount;
}

export function countOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw invalid(what);
  return value;
}

/** Yuan rounded half up to the fen, as text with two places. */
export function yuanText(amount: Rational): string {
  return amount.toPlaces(2);
}

/** The derivation of a procedural call. */
export function derivationOf(rule: RuleDefinition, call: Call, outputs: Outputs): Derivation {
  const parameters: DerivationParameter[] = call.versions.map((v) =>
    derivationParameter(call.law, v),
  );
  const value = Object.entries(outputs).map(
    ([k, v]) => `${k} = ${typeof v === 'object' ? JSON.stringify(v) : v}`,
  );
  const line = (language: 'zh' | 'en') => call.steps.map((s) => s[language]).join('\n');
  return {
    rule: rule.id,
    label: rule.label,
    value: value.join('; '),
    formula: { zh: line('zh'), en: line('en') },
    cite: call.law.cite(call.basis ?? rule.basis, call.question),
    parameters,
    assumed: parameters.some((p) => p.assumed) || call.because.some((b) => b.assumed),
    provisional: parameters.some((p) => p.provisional) || call.because.some((b) => b.provisional),
    because: call.because,
  };
}
