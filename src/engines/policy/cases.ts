import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { MindunError, plainDate, Rational } from '../../kernel/index.ts';
import { callRule } from './engine.ts';
import { type Law, loadLaw } from './law.ts';

export interface CaseResult {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly { id: string; expected: unknown; got: unknown }[];
}

/**
 * Runs case files (YAML 1.2) against the law as it stands, never with a sample pack.
 * @throws MindunError input-invalid when a file is no list of cases
 */
export function runCases(paths: readonly string[]): CaseResult {
  const law = loadLaw({ sample: false });
  const failures: { id: string; expected: unknown; got: unknown }[] = [];
  let passed = 0;
  for (const path of paths) {
    for (const one of readCases(path)) {
      const got = answer(law, one);
      if (agrees(one.expect, got)) passed += 1;
      else failures.push({ id: one.id, expected: one.expect, got });
    }
  }
  return { passed, failed: failures.length, failures };
}

const listed = z.array(
  z.object({
    id: z.string(),
    rule: z.string(),
    place: z.string(),
    on: z.string(),
    parameters: z.record(z.string(), z.unknown()).optional(),
    given: z.record(z.string(), z.unknown()).nullish(),
    expect: z.record(z.string(), z.unknown()),
  }),
);
type Case = z.infer<typeof listed>[number];

function readCases(path: string): Case[] {
  let data: unknown;
  try {
    data = parse(readFileSync(path, 'utf8'), { version: '1.2' });
  } catch (error) {
    throw new MindunError('input-invalid', { what: `${path}: ${(error as Error).message}` });
  }
  const read = listed.safeParse(data);
  if (read.success) return read.data;
  const issue = read.error.issues[0]!;
  const where = issue.path.join('.');
  throw new MindunError('input-invalid', { what: `${path}: ${where} ${issue.message}` });
}

function answer(law: Law, one: Case): Record<string, unknown> {
  try {
    const question = {
      place: one.place,
      on: plainDate(one.on),
      ...(one.parameters === undefined ? {} : { overrides: overridesOf(one.parameters) }),
    };
    return { ...callRule(law, one.rule, question, one.given ?? {}).outputs };
  } catch (error) {
    if (error instanceof MindunError) return { error: error.code };
    // A fault of the program in one case fails that case; the others are still run.
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** Parameters are text; a count may stand as a number, a table as YAML. */
function overridesOf(parameters: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(parameters);
  return Object.fromEntries(
    entries.map(([id, v]) => [id, typeof v === 'string' ? v : JSON.stringify(v)]),
  );
}

/** Every expected output is there and equal: decimal text as exact numbers, lists in order; others are free. */
function agrees(expected: Record<string, unknown>, got: Record<string, unknown>): boolean {
  if ('error' in expected) return got['error'] === expected['error'];
  return Object.entries(expected).every(([name, value]) => same(value, got[name]));
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((v, i) => same(v, b[i]));
  if (typeof a === 'object' && a !== null) {
    return (
      typeof b === 'object' &&
      b !== null &&
      Object.entries(a).every(([k, v]) => same(v, (b as Record<string, unknown>)[k]))
    );
  }
  const decimalText = /^-?\d+(\.\d+)?$/;
  if (
    typeof a === 'string' &&
    typeof b === 'string' &&
    decimalText.test(a) &&
    decimalText.test(b)
  ) {
    return Rational.parse(a).equals(Rational.parse(b)) || a === b;
  }
  return a === b;
}
