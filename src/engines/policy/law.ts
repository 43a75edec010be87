import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  addDays,
  MindunError,
  type PlainDate,
  plainDate,
  Rational,
  type Text,
} from '../../kernel/index.ts';
import './errors.ts';

export const confidences = ['found', 'quoted', 'third-party', 'memory', 'memory-low'] as const;
export type Confidence = (typeof confidences)[number];

/** One dated value of a parameter in one place. */
export interface Version {
  readonly parameter: string;
  /** GB/T 2260 prefix: '' national, '43' Hunan, '4304' Hengyang */
  readonly place: string;
  readonly from: PlainDate;
  /** Inclusive; null: open */
  readonly to: PlainDate | null;
  /** The day it became known; null: with its start */
  readonly published: PlainDate | null;
  /** Decimal text, a code word, or a table by class from 1 on. */
  readonly value: string;
  readonly table: readonly string[] | null;
  readonly document: string;
  readonly article: string;
  readonly confidence: Confidence;
  /** From the sample pack: no document sets it. */
  readonly assumed: boolean;
  /** Holds until its replacement is published. */
  readonly provisional: boolean;
}

export interface Parameter {
  readonly id: string;
  readonly label: Text;
  readonly unit: string;
  /** The document that would set a value that is missing. */
  readonly unset: string;
  readonly versions: readonly Version[];
}

/** A document, where in it something stands, and how surely that is known. */
export interface Cite {
  readonly document: string;
  readonly article: string;
  readonly confidence: Confidence;
}

/** Where a version stands. */
export function citeOf({ document, article, confidence }: Version): Cite {
  return { document, article, confidence };
}

/** Where and when law is asked: the event date, the place, and what was known on which day. */
export interface Question {
  readonly place: string;
  readonly on: PlainDate;
  /** Versions published later are not seen; absent: all that is known today. */
  readonly knownOn?: PlainDate;
  /** Values that beat the packs whatever the date (cases, what-if). */
  readonly overrides?: Readonly<Record<string, string>>;
}

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const cell = z.string().min(1);
const packed = z.array(
  z.strictObject({
    id: z.string().regex(/^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)+$/),
    zh: z.string(),
    en: z.string(),
    unit: z.enum([
      'ratio',
      'yuan/month',
      'yuan/year',
      'days',
      'months',
      'years',
      'code',
      'table',
      'basis',
    ]),
    unset: z.string().optional(),
    document: z.string().optional(),
    article: z.string().optional(),
    confidence: z.enum(confidences).optional(),
    years: z.record(z.string().regex(/^\d{4}$/), cell).optional(),
    versions: z
      .array(
        z.strictObject({
          from: date,
          to: date.optional(),
          published: date.optional(),
          value: cell.optional(),
          table: z.array(cell).optional(),
          document: z.string(),
          article: z.string(),
          confidence: z.enum(confidences),
          provisional: z.boolean().optional(),
        }),
      )
      .optional(),
  }),
);
export type PackEntry = z.infer<typeof packed>[number];

/** The law of some places, as data with dates. Immutable: a reform or a test makes an overlay. */
export class Law {
  readonly #parameters: ReadonlyMap<string, Parameter>;

  /** @throws Error naming the parameter and what is wrong, when versions of one place overlap */
  constructor(parameters: Iterable<Parameter>) {
    const map = new Map<string, Parameter>();
    for (const p of parameters) {
      const there = map.get(p.id);
      map.set(
        p.id,
        there === undefined
          ? p
          : {
              ...there,
              unset: there.unset === '' ? p.unset : there.unset,
              versions: [...there.versions, ...p.versions],
            },
      );
    }
    for (const p of map.values()) checkOverlap(p);
    this.#parameters = map;
  }

  /** All parameters, in order of id. */
  parameters(): Parameter[] {
    return [...this.#parameters.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** A copy with further versions laid over it. */
  overlay(entries: readonly PackEntry[], place: string): Law {
    return new Law([
      ...this.#parameters.values(),
      ...entries.map((e) => parameterOf(e, place, false)),
    ]);
  }

  /**
   * The law as a determination found it: the versions that it kept and none else, whatever the packs have come to say since.
   * Labels, and the articles that rules rest on, are those of this law.
   */
  asKept(versions: readonly Version[]): Law {
    const kept = new Map<string, Version[]>();
    for (const v of versions) kept.set(v.parameter, [...(kept.get(v.parameter) ?? []), v]);
    return new Law([
      ...[...this.#parameters.values()].filter((p) => p.unit === 'basis'),
      ...[...kept].map(([id, list]) => ({
        id,
        label: this.label(id),
        unit: this.#parameters.get(id)?.unit ?? '',
        unset: this.missing(id),
        versions: list,
      })),
    ]);
  }

  /**
   * The version that answers: the longest place prefix with a version in force on the day and known by `knownOn`;
   * a provisional one yields to its replacement; an assumed one only where the law has none.
   * @throws MindunError parameter-unset
   */
  version(id: string, question: Question): Version {
    const parameter = this.#parameters.get(id);
    const override = question.overrides?.[id];
    if (override !== undefined) return overriding(id, override, question);
    const fitting = (parameter?.versions ?? []).filter(
      (v) =>
        question.place.startsWith(v.place) &&
        v.from <= question.on &&
        (v.to === null || v.to >= question.on) &&
        (question.knownOn === undefined || v.published === null || v.published <= question.knownOn),
    );
    const best = fitting.sort(
      (a, b) =>
        Number(a.assumed) - Number(b.assumed) ||
        b.place.length - a.place.length ||
        Number(a.provisional) - Number(b.provisional) ||
        (a.from < b.from ? 1 : -1),
    )[0];
    if (best === undefined) {
      throw new MindunError('parameter-unset', {
        parameter: parameter === undefined ? id : `${parameter.label.zh}（${id}）`,
        on: question.on,
        document: parameter?.unset === undefined || parameter.unset === '' ? id : parameter.unset,
      });
    }
    return best;
  }

  /**
   * The version of a parameter that names one of several ways to proceed.
   * @throws MindunError parameter-unset; strategy-unknown when the way is none that is known here
   */
  way<W extends string>(
    id: string,
    question: Question,
    known: readonly W[],
  ): { readonly way: W; readonly version: Version } {
    const version = this.version(id, question);
    const way = known.find((w) => w === version.value);
    if (way === undefined) {
      throw new MindunError('strategy-unknown', {
        parameter: `${this.label(id).zh}（${id}）`,
        value: version.value,
        known: known.join(', '),
      });
    }
    return { way, version };
  }

  /** The article that a rule rests on that day; null before there was one. */
  cite(basis: string, question: Question): Cite | null {
    if (!this.isSet(basis, question)) return null;
    return citeOf(this.version(basis, question));
  }

  /** The days after `after` on which another version of a parameter may begin to answer, in their order. */
  changes(id: string, after: PlainDate): PlainDate[] {
    const days = (this.#parameters.get(id)?.versions ?? []).flatMap((v) =>
      v.to === null ? [v.from] : [v.from, addDays(v.to, 1)],
    );
    return [...new Set(days)].filter((d) => d > after).sort();
  }

  /** Whether some version answers. */
  isSet(id: string, question: Question): boolean {
    try {
      this.version(id, question);
      return true;
    } catch (error) {
      if (error instanceof MindunError && error.code === 'parameter-unset') return false;
      throw error;
    }
  }

  label(id: string): Text {
    return this.#parameters.get(id)?.label ?? { zh: id, en: id };
  }

  /** The document that would set a parameter. */
  missing(id: string): string {
    return this.#parameters.get(id)?.unset ?? id;
  }
}

function overriding(id: string, value: string, question: Question): Version {
  return {
    parameter: id,
    place: question.place,
    from: question.on,
    to: null,
    published: null,
    value,
    table: null,
    document: '',
    article: '',
    confidence: 'found',
    assumed: false,
    provisional: false,
  };
}

function checkOverlap(p: Parameter): void {
  const solid = p.versions.filter((v) => !v.provisional && !v.assumed);
  for (const a of solid) {
    for (const b of solid) {
      const sameTime =
        a !== b && a.place === b.place && a.from <= b.from && (a.to === null || a.to >= b.from);
      if (sameTime) {
        throw new Error(
          `law: ${p.id}: the versions from ${a.from} and from ${b.from} are both in force on ${b.from}. ` +
            `End the first on the day before (to: '${addDays(b.from, -1)}'), or mark it provisional.`,
        );
      }
    }
  }
}

function parameterOf(e: PackEntry, place: string, assumed: boolean): Parameter {
  const common = { parameter: e.id, place, assumed };
  const versions: Version[] = (e.versions ?? []).map((v) => {
    const given = Number(v.value !== undefined) + Number(v.table !== undefined);
    if (given !== (e.unit === 'basis' ? 0 : 1)) {
      throw new Error(
        e.unit === 'basis'
          ? `law: ${e.id} from ${v.from}: a basis is its document and article; give no value.`
          : `law: ${e.id} from ${v.from}: give either value or table, not both and not none.`,
      );
    }
    if (v.value !== undefined && e.unit !== 'code') Rational.parse(v.value);
    for (const c of v.table ?? []) Rational.parse(c);
    return {
      ...common,
      from: plainDate(v.from),
      to: v.to === undefined ? null : plainDate(v.to),
      published: v.published === undefined ? null : plainDate(v.published),
      value: v.value ?? '',
      table: v.table ?? null,
      document: v.document,
      article: v.article,
      confidence: v.confidence,
      provisional: v.provisional ?? false,
    };
  });
  for (const [year, value] of Object.entries(e.years ?? {})) {
    Rational.parse(value);
    versions.push({
      ...common,
      from: plainDate(`${year}-01-01`),
      to: plainDate(`${year}-12-31`),
      published: null,
      value,
      table: null,
      document: e.document ?? '',
      article: e.article ?? '',
      confidence: e.confidence ?? 'memory-low',
      provisional: false,
    });
  }
  return { id: e.id, label: { zh: e.zh, en: e.en }, unit: e.unit, unset: e.unset ?? '', versions };
}

const packs: readonly { folder: string; place: string; sample: boolean }[] = [
  { folder: 'cn', place: '', sample: false },
  { folder: 'cn-43-hunan', place: '43', sample: false },
  { folder: 'sample-4304', place: '4304', sample: true },
];

/** What parameters are worth, and what rules rest on. */
const packFiles: readonly string[] = ['parameters.yaml', 'bases.yaml'];

/**
 * Loads and checks the packs under law/. The sample pack only on request; further folders hold what a city added itself.
 * @throws Error with file, parameter and how to mend it
 */
export function loadLaw(options: {
  readonly sample: boolean;
  readonly further?: readonly string[];
}): Law {
  const root = new URL('../../../law/', import.meta.url);
  const parameters: Parameter[] = [];
  for (const pack of packs.filter((p) => options.sample || !p.sample)) {
    const folder = new URL(`${pack.folder}/`, root);
    for (const name of readdirSync(folder).filter((n) => packFiles.includes(n))) {
      const read = packed.safeParse(parse(readFileSync(new URL(name, folder), 'utf8')));
      if (!read.success) {
        const issue = read.error.issues[0]!;
        throw new Error(`law/${pack.folder}/${name}: at ${issue.path.join('.')}: ${issue.message}`);
      }
      parameters.push(...read.data.map((e) => parameterOf(e, pack.place, pack.sample)));
    }
  }
  for (const folder of options.further ?? []) parameters.push(...readPack(folder));
  return new Law(parameters);
}

/** A folder of further packs: one folder a place (`43`, `4304`), each with a parameters.yaml. @throws Error as loadLaw */
function readPack(folder: string): Parameter[] {
  const root = pathToFileURL(`${path.resolve(folder)}/`);
  return readdirSync(root)
    .filter((place) => /^\d{2,6}$/.test(place))
    .sort()
    .flatMap((place) => {
      const file = new URL(`${place}/parameters.yaml`, root);
      const read = packed.safeParse(parse(readFileSync(file, 'utf8')));
      if (read.success) return read.data.map((e) => parameterOf(e, place, false));
      const issue = read.error.issues[0]!;
      throw new Error(`${file.pathname}: at ${issue.path.join('.')}: ${issue.message}`);
    });
}
