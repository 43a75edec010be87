import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { registered } from '../../src/kernel/index.ts';
import { type Answered, a, month, openTown, overSocket, type Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(async () => town?.site.close());

const bills = '/api/v1/insurance/bills';
const ask = (body: string, path = bills): Promise<Answered> =>
  overSocket(town, 'employer', path, { body, headers: { 'Mindun-Purpose': 'own-matter' } });
const codeOf = ({ text }: Answered): string =>
  (JSON.parse(text) as { errors: { code: string }[] }).errors[0]!.code;

describe('what a body may hold', () => {
  it('is JSON and said to be', async () => {
    for (const body of [
      '',
      '{',
      '{"employer":',
      'employer=1',
      '{"employer":"x"}}',
      "{'employer':1}",
    ])
      expect([body, codeOf(await ask(body))]).toEqual([body, 'json-wanted']);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      '',
    ]) {
      const { status } = await overSocket(town, 'employer', bills, {
        body: `{"employer":"${a.code}"}`,
        headers: { 'Content-Type': type },
      });
      expect([type, status]).toEqual([type, 415]);
    }
  });

  it('is an object: lists, numbers, words and nothing are refused by the field that is missing', async () => {
    for (const body of ['[]', '1', '"x"', 'true', '[[{}]]', 'null'])
      expect([body, codeOf(await ask(body))]).toEqual([body, 'input-invalid']);
  });

  it('is not nested or filled without measure, however large a file may be', async () => {
    const declare = '/api/v1/insurance/declare';
    const large = 20_000_000;
    for (const body of [
      '['.repeat(large),
      `{"a":${'{"a":'.repeat(100)}1${'}'.repeat(101)}`,
      `[${'[],'.repeat(large / 4)}[]]`,
      `{"employer":"${a.code}","months":[${'1,'.repeat(30_000)}1]}`,
      `"${'\\\\"'.repeat(1000)}`.padEnd(5000, '['),
    ]) {
      const answer = await ask(body, declare);
      expect(codeOf(answer)).toMatch(/^json-(too-complex|wanted)$/);
      expect(answer.status).toBeLessThan(500);
    }
    const quoted = { employer: a.code, note: '[{"'.repeat(20_000) };
    expect((await ask(JSON.stringify(quoted), declare)).status).toBe(400);
    expect((await fetch(`${town.site.base}/health`)).status).toBe(200);
  });

  it('sets no field that the operation does not name', async () => {
    const plain = await ask(`{"employer":"${a.code}"}`);
    expect(plain.status).toBe(200);
    const more = [
      '"__proto__":{"permissions":["*"],"employer":"x"}',
      '"constructor":{"prototype":{"permissions":["*"]}}',
      '"permissions":["*"],"accountId":1,"actor":{"kind":"operator"},"reach":{"role":"system"}',
      '"toString":"x","hasOwnProperty":1,"valueOf":null',
    ];
    for (const extra of more) {
      const answer = await ask(`{${extra},"employer":"${a.code}"}`);
      expect([extra, answer.status, answer.text]).toEqual([extra, 200, plain.text]);
    }
    const query = new URLSearchParams({ employer: a.code, __proto__: 'x', constructor: 'y' });
    query.append('__proto__', 'x');
    query.append('constructor', 'x');
    expect((await town.ask('employer', `${bills}?${query}`)).text).toBe(plain.text);
    expect(Object.keys({})).toEqual([]);
    expect(
      (await town.ask('employer', '/api/v1/insurance/assess', { body: { month } })).status,
    ).toBe(403);
  });

  it('has in no operation a place for fields that nobody named', () => {
    const loose: string[] = [];
    const walk = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { additionalProperties: more } = schema as { additionalProperties?: unknown };
      if (more !== undefined && more !== false) loose.push(path);
      for (const [key, value] of Object.entries(schema)) walk(value, `${path}.${key}`);
    };
    for (const { name, input } of registered().values())
      walk(z.toJSONSchema(input, { io: 'output', unrepresentable: 'any' }), name);
    // The simulated city keeps its own report of a month; only the operator of this machine hands it in.
    expect(loose).toEqual(['simulation.keep-month.properties.report']);
  });

  it('is no number beyond what is counted exactly, and no half of one', async () => {
    const refund = (amount: string) =>
      town.ask('clerk', '/api/v1/insurance/refund', {
        body: `{"employer":"${a.code}","amountFen":${amount},"reason":"退"}`,
      });
    for (const amount of [
      '9007199254740993',
      '1e308',
      '-1',
      '0',
      '0.5',
      '1e-7',
      '"1"',
      'null',
      '1e400',
    ])
      expect([amount, codeOf(await refund(amount))]).toEqual([amount, 'input-invalid']);
    expect(codeOf(await refund('9007199254740991'))).not.toBe('internal-fault');
  });

  it('is no text that cannot be kept as it is: half a character, or none', async () => {
    for (const text of ['\\ud800', '\\udc00x', 'a\\u0000b', '\\ud83d'])
      for (const path of [bills, '/api/v1/insurance/employer', '/api/v1/insurance/uploads'])
        expect([text, path, codeOf(await ask(`{"employer":"${text}"}`, path))]).toEqual([
          text,
          path,
          'text-not-storable',
        ]);
    const whole = await ask('{"employer":"\\ud842\\udfb7"}');
    expect(codeOf(whole)).toBe('unknown-employer');
    const signIn = { body: '{"login":"\\ud800\\u0000","password":{"$ne":null}}' };
    expect((await town.ask('nobody', '/api/v1/access/sign-in', signIn)).status).toBeLessThan(500);
    const nothing = { body: 'null' };
    expect((await town.ask('nobody', '/api/v1/access/sign-in', nothing)).status).toBe(401);
  });

  it('is no way into the statements that ask the store', async () => {
    const before = await town.rows('select count(*) from bill');
    const tries = [
      "' or '1'='1",
      "'; drop table bill; --",
      '$1',
      '\\',
      '%',
      "x' union select login from account --",
    ];
    for (const text of tries)
      for (const path of [
        'insurance/employers',
        'insurance/unpaid',
        'insurance/suspense',
        'registry/persons',
      ]) {
        const body = { month, search: text.padEnd(2, 'x') };
        const headers = { 'Mindun-Purpose': 'counter-visit' };
        const answer = await town.ask('clerk', `/api/v1/${path}`, { body, headers });
        expect([path, text, answer.status]).toEqual([path, text, 200]);
        expect(answer.text).toMatch(/"rows":\[\]/);
      }
    expect(await town.rows('select count(*) from bill')).toEqual(before);
  });
});
