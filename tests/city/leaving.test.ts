import { afterAll, beforeAll, expect, it } from 'vitest';
import type {
  BillView,
  DeclareAnswer,
  RecordView,
  UploadView,
} from '../../src/services/insurance/index.ts';
import { base64, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

/** Persons who are on no further roster, left within the month, or left before it. */
const employer = organisation(971);
const [stays, absent, leaves, left, comes] = [1, 2, 3, 4, 5].map((n) => citizen(9710 + n)) as [
  string,
  string,
  string,
  string,
  string,
];
let city: TestCity;

const header = '姓名,公民身份号码,户籍性质,用工形式,入职日期,月工资(元),变动类型,变动日期';
const line = (number: string, change = '续保', on = '') =>
  `张三,${number},城镇,合同制,2005-01-01,2000.00,${change},${on}`;
const file = (...lines: string[]) => base64([header, ...lines].join('\n'));
const declare = (content: string, full = true) =>
  city.run<DeclareAnswer>('insurance.declare', { employer, month: '2008-02', full, content });
const spells = async (person: string) =>
  (await city.run<RecordView>('insurance.record', { person })).enrolments.map((e) => [
    e.from,
    e.to,
  ]);
const since = '2008-01-01';

beforeAll(async () => {
  city = await testCity();
  const of = { name: '离职厂', area: '430407', injuryClass: 2 };
  await city.run('registry.employer.register', { code: employer, ...of });
  const everybody = [stays, absent, leaves, left].map((number) => ({ number, wage: '2000.00' }));
  const content = roster('2008-01', everybody);
  await city.run('insurance.declare', { employer, month: '2008-01', full: true, content });
  await city.run('insurance.assess', { month: '2008-01' });
  await city.run('insurance.credit', { month: '2008-01' });
  await city.clock('2008-02-05T09:00');
  await city.run('insurance.close', { month: '2008-01' });
});
afterAll(async () => city?.close());

it('ends with the month before whoever is on no line or left before, with the month who leaves in it', async () => {
  const answer = await declare(
    file(
      line(stays),
      line(leaves, '减少', '2008-02-11'),
      line(left, '减少', '2008-01-20'),
      line(comes, '新增', '2008-02-03'),
    ),
  );
  expect(answer).toMatchObject({ rows: 4, accepted: 4, errors: [] });
  expect(answer.warnings).toMatchObject([{ line: 4, code: 'left-before-month' }]);
  expect(await spells(stays)).toEqual([[since, null]]);
  expect(await spells(absent)).toEqual([[since, '2008-01-31']]);
  expect(await spells(leaves)).toEqual([[since, '2008-02-29']]);
  expect(await spells(left)).toEqual([[since, '2008-01-31']]);
  expect(await spells(comes)).toEqual([['2008-02-01', null]]);
});

it('a roster that replaces it begins from the month before: enrolments go on as if the first had not been', async () => {
  const content = file(line(stays), line(absent), line(left), line(leaves));
  const seen = await city.run<UploadView>('insurance.upload', {
    employer,
    month: '2008-02',
    full: true,
    fileName: '重报.csv',
    content,
  });
  expect(seen.changes).toEqual({ joining: 3, leaving: 1, staying: 1, heldBack: 0 });
  await declare(content);
  for (const person of [stays, absent, left, leaves])
    expect(await spells(person), person).toEqual([[since, null]]);
  expect(await spells(comes)).toEqual([]);
});

it('a roster of changes lets go whom it says left before, and takes back whom an earlier one left out', async () => {
  await declare(file(line(stays)));
  expect(await spells(absent)).toEqual([[since, '2008-01-31']]);
  await declare(file(line(left, '减少', '2008-01-20'), line(leaves, '减少', '2008-02-11')), false);
  expect(await spells(absent)).toEqual([[since, null]]);
  expect(await spells(left)).toEqual([[since, '2008-01-31']]);
  expect(await spells(leaves)).toEqual([[since, '2008-02-29']]);
});

it('bills who was there in the month, with whoever left in it, and nobody who left before', async () => {
  await city.run('insurance.assess', { month: '2008-02' });
  const view = await city.run<BillView>('insurance.bill', { employer, month: '2008-02' });
  expect(view.insurances.find((i) => i.insurance === 'pension')?.persons).toBe(3);
  const { months } = await city.run<RecordView>('insurance.record', { person: left });
  expect(months.map((m) => m.month)).toEqual(['2008-01']);
});
