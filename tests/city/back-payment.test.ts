import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

// A city in which any back payment needs its document, so that the first month is one long ago.
const notice = `- id: collection.backPaymentYears
  zh: 不需要文书的补缴年限
  en: Years that a back payment may reach back without a document
  unit: years
  versions:
    - { from: '2008-01-01', value: '0', document: 测试通知, article: '', confidence: found }
`;
const [employer, silent] = [organisation(931), organisation(932)];
const [worker, other] = [citizen(931), citizen(932)];
const document = '雁劳仲案字〔2008〕第12号';
let city: TestCity;

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-law-'));
  mkdirSync(path.join(folder, '4304'));
  writeFileSync(path.join(folder, '4304', 'parameters.yaml'), notice);
  process.env['MINDUN_LAW'] = folder;
  city = await testCity();
  for (const code of [employer, silent])
    await city.run('registry.employer.register', {
      code,
      name: code,
      area: '430407',
      injuryClass: 1,
    });
  const content = roster('2008-01', [{ number: worker, wage: '2000' }]);
  await city.run('insurance.declare', { employer, month: '2008-01', full: true, content });
  await city.run('insurance.assess', { month: '2008-01' });
});
afterAll(async () => city?.close());

const correct = (wageFen: number, more: object = {}) =>
  city.run('insurance.correct-wage', {
    employer,
    person: worker,
    months: ['2008-01'],
    wageFen,
    reason: '漏算奖金',
    ...more,
  });

describe('a back payment that reaches back too far', () => {
  it('needs the document that orders it when more is due, and keeps it', async () => {
    expect(await refusal(correct(250_000))).toBe('back-payment-document-needed');
    expect(await correct(250_000, { document })).toMatchObject({ months: 1 });
    expect(await refusal(correct(180_000))).toBe('none');
    const late = {
      employer: silent,
      month: '2008-01',
      content: roster('2008-01', [{ number: other, wage: '2000' }]),
      reason: '漏报',
    };
    expect(await refusal(city.run('insurance.declare-late', late))).toBe(
      'back-payment-document-needed',
    );
    expect(await city.run('insurance.declare-late', { ...late, document })).toMatchObject({
      accepted: 1,
    });
    const kept = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows('select kind, document from declaration order by id'),
    );
    expect(kept).toEqual([
      { kind: 'full', document: '' },
      { kind: 'correction', document },
      { kind: 'correction', document: '' },
      { kind: 'late', document },
    ]);
  });
});
