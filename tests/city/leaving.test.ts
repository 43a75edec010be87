import { afterAll, beforeAll, expect, it } from 'vitest';
import type {
  BillView,
  DeclareAnswer,
  RecordView,
  UploadView,
} from '../../src/services/insurance/index.ts';
import { base64, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

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
  expect(seen.changes).toEqual({
    joining: 3,
    leaving: 1,
    staying: 1,
    heldBack: 0,
    persons: 4,
    personsLeaving: 0,
  });
  await declare(content);
  for (const person of [stays, absent, left, leaves])
    expect(await spells(person), person).toEqual([[since, null]]);
  expect(await spells(comes)).toEqual([]);
});

it('a second roster of changes counts from last month’s roster in its preview, as the bill will', async () => {
  const another = citizen(9716);
  const changed = async (...lines: string[]) => {
    const of = { employer, month: '2008-02', full: false, content: file(...lines) };
    const seen = await city.run<UploadView>('insurance.upload', of);
    await city.run('insurance.confirm-upload', { upload: seen.publicId });
    const declared = `select rows from declaration where period = 200802 order by id desc limit 1`;
    const { rows } = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.one<{ rows: number }>(declared),
    );
    expect(seen.changes.persons).toBe(rows);
    return seen.changes;
  };
  const nobody = { leaving: 0, heldBack: 0, personsLeaving: 0 };
  const two = [line(comes, '新增', '2008-02-03'), line(another, '新增', '2008-02-03')] as const;
  expect(await changed(...two)).toEqual({ ...nobody, joining: 2, staying: 4, persons: 6 });
  expect(await changed(two[0])).toEqual({ ...nobody, joining: 1, staying: 4, persons: 5 });
  expect(await spells(another)).toEqual([]);
  // Whom the roster that is replaced let go is there again, and leaves once more.
  const leaver = line(leaves, '减少', '2008-02-11');
  for (let again = 0; again < 2; again += 1)
    expect(await changed(leaver)).toEqual({
      ...nobody,
      joining: 0,
      leaving: 1,
      staying: 3,
      persons: 4,
      personsLeaving: 1,
    });
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

it('a leaver on an employer’s first roster is enrolled for his month, counted in the preview and billed', async () => {
  const first = organisation(973);
  const [here, gone, before] = [7, 8, 9].map((n) => citizen(9710 + n)) as [string, string, string];
  await city.run('registry.employer.register', {
    code: first,
    name: '新开厂',
    area: '430407',
    injuryClass: 2,
  });
  await city.clock('2008-03-03T09:00');
  await city.run('insurance.close', { month: '2008-02' });
  const of = { employer: first, month: '2008-03', full: true };
  const leaver = line(gone, '减少', '2008-03-11');
  const content = file(line(here), leaver, line(before, '减少', '2008-02-20'));
  const seen = await city.run<UploadView>('insurance.upload', { ...of, content });
  expect(seen.changes).toEqual({
    joining: 2,
    leaving: 0,
    staying: 0,
    heldBack: 0,
    persons: 2,
    personsLeaving: 1,
  });
  const take = (text: string) => city.run('insurance.declare', { ...of, content: text });
  const within = [['2008-03-01', '2008-03-31']];
  await take(content);
  expect(await spells(gone)).toEqual(within);
  // Replaced: he stays, is on no line, and leaves again.
  await take(file(line(here), line(gone)));
  expect(await spells(gone)).toEqual([['2008-03-01', null]]);
  await take(content);
  expect(await spells(gone)).toEqual(within);
  await take(file(line(here)));
  expect(await spells(gone)).toEqual([]);
  await take(content);
  await take(content);
  expect(await spells(gone)).toEqual(within);
  // Changes take the place of the whole roster, and count from last month's, which there is none of.
  const changes = await city.run<UploadView>('insurance.upload', {
    ...of,
    full: false,
    content: file(leaver),
  });
  expect(changes.changes).toMatchObject({ joining: 1, staying: 0, persons: 1, personsLeaving: 1 });
  await city.run('insurance.assess', { month: '2008-03' });
  const view = await city.run<BillView>('insurance.bill', { employer: first, month: '2008-03' });
  expect(view.insurances.find((i) => i.insurance === 'pension')?.persons).toBe(2);
  await allVerified(city);
});

it('a leaver on a late roster is enrolled for his month, whoever stays without an end', async () => {
  const late = organisation(974);
  const [here, gone] = [11, 12].map((n) => citizen(9710 + n)) as [string, string];
  const of = { code: late, name: '补报厂', area: '430407', injuryClass: 2 };
  await city.run('registry.employer.register', of);
  const content = file(line(here), line(gone, '减少', '2008-03-11'));
  await city.run('insurance.declare-late', {
    employer: late,
    month: '2008-03',
    content,
    reason: '漏报',
  });
  expect(await spells(here)).toEqual([['2008-03-01', null]]);
  expect(await spells(gone)).toEqual([['2008-03-01', '2008-03-31']]);
});
