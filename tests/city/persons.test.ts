import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorByLogin, openAccount } from '../../src/engines/access/index.ts';
import { yuan } from '../../src/kernel/index.ts';
import type {
  BillView,
  DeclareAnswer,
  Derivation,
  RecordView,
  UploadView,
} from '../../src/services/insurance/index.ts';
import {
  bankFile,
  citizen,
  organisation,
  refusal,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';

const mill = organisation(41);
const works = organisation(42);
const li = citizen(101);
const wang = citizen(103);
const zhao = citizen(105);
const twin = citizen(107);
const sun = citizen(109);
let city: TestCity;

beforeAll(async () => {
  city = await testCity();
  for (const code of [mill, works])
    await city.run('registry.employer.register', {
      code,
      name: `厂${code}`,
      area: '430407',
      injuryClass: 1,
    });
});
afterAll(async () => city?.close());

type Persons = Parameters<typeof roster>[1];
const declare = (month: string, persons: Persons, more = {}) =>
  city.run<DeclareAnswer>('insurance.declare', {
    employer: mill,
    month,
    full: true,
    content: roster(month, persons),
    ...more,
  });
const record = (person: string) => city.run<RecordView>('insurance.record', { person });
const bill = (month: string, employer = mill) =>
  city.run<BillView>('insurance.bill', { employer, month });
const explained = (person: string, month: string) =>
  city.run<Derivation>('insurance.explain-person', { person, month });
const pay = async (month: string, on: string, employer = mill) => {
  const view = await bill(month, employer);
  const rows = [
    {
      on,
      reference: `${employer}${month}${on}`,
      bill: view.number,
      amount: yuan(view.total.payableFen),
    },
  ];
  await city.run('insurance.collect', { content: bankFile(rows) });
};
const enrolled = async (person: string) =>
  (await record(person)).enrolments.map(({ from, to }) => ({ from, to }));
const named = (number: string, name: string, wage = '2000') => ({ number, name, wage });

describe('rows with a fault', () => {
  const all = [
    named(li, '李明'),
    named(wang, '王芳'),
    named(zhao, '赵强', '3000'),
    named(twin, '赵强'),
  ];

  it('end nobody’s enrolment, whatever cell is wrong', async () => {
    await declare('2008-01', all);
    await city.run('insurance.assess', { month: '2008-01' });
    await city.clock('2008-02-05T09:00');
    await pay('2008-01', '2008-01-08');
    await city.run('insurance.credit', { month: '2008-01' });
    await city.run('insurance.close', { month: '2008-01' });
    // 李明's wage is no number; 王芳's number lost its check digit; one 赵强 is not in the file at all.
    const faulty = [
      named(li, '李明', '3000元x'),
      named(`${wang.slice(0, 17)}*`, '王芳'),
      named(zhao, '赵强', '3000'),
    ];
    const content = roster('2008-02', faulty);
    const upload = { employer: mill, month: '2008-02', full: true, fileName: '二月.csv', content };
    const view = await city.run<UploadView>('insurance.upload', upload);
    expect(view.changes).toEqual({
      joining: 0,
      leaving: 1,
      staying: 3,
      heldBack: 2,
      persons: 1,
      personsLeaving: 0,
    });
    expect(await declare('2008-02', faulty, { acceptValid: true })).toMatchObject({ accepted: 1 });
    const open = [{ from: '2008-01-01', to: null }];
    for (const person of [li, wang, zhao]) expect(await enrolled(person)).toEqual(open);
    expect(await enrolled(twin)).toEqual([{ from: '2008-01-01', to: '2008-01-31' }]);
  });

  it('end no enrolment at all where a row names somebody who cannot be told', async () => {
    const faulty = [named(zhao, '赵强', '3000'), named('12', '', '2000')];
    await declare('2008-02', faulty, { acceptValid: true });
    for (const person of [li, wang]) expect((await enrolled(person))[0]!.to).toBeNull();
  });

  it('leave the person enrolled, so that the wage is given later and billed', async () => {
    await declare('2008-02', [named(zhao, '赵强', '3000'), named(li, '李明', 'x')], {
      acceptValid: true,
    });
    await city.run('insurance.assess', { month: '2008-02' });
    expect((await bill('2008-02')).insurances[0]).toMatchObject({ persons: 1 });
    await pay('2008-02', '2008-02-05');
    await city.run('insurance.credit', { month: '2008-02' });
    await city.clock('2008-03-05T09:00');
    await city.run('insurance.close', { month: '2008-02' });
    // A roster of changes does not let go who stood on no line of the month before.
    const content = roster('2008-03', [{ ...named(zhao, '赵强', '3100'), change: '续保' }]);
    await city.run('insurance.declare', { employer: mill, month: '2008-03', content });
    expect(await enrolled(li)).toEqual([{ from: '2008-01-01', to: null }]);
    const late = { employer: mill, person: li, months: ['2008-02'], wageFen: 200_000 };
    await city.run('insurance.correct-wage', { ...late, reason: '补报工资' });
    await city.run('insurance.assess', { month: '2008-03' });
    const month = (await record(li)).months.find((m) => m.month === '2008-02')!;
    expect(month).toMatchObject({ baseFen: 200_000, wageFen: 200_000, counts: false });
    const next = await bill('2008-03');
    expect(next.lines.some((l) => l.kind === 'difference')).toBe(true);
    expect(next.earlier.map((e) => e.why.map((w) => w.zh))).toEqual([
      ['补进名册（1 人）：补报工资'],
    ]);
  });
});

describe('another name on a number', () => {
  const warnings = async (persons: Persons, employer = works) => {
    const content = roster('2008-03', persons);
    const input = { employer, month: '2008-04', full: true, content };
    await city.clock('2008-04-03T09:00');
    const { warnings: found } = await city.run<DeclareAnswer>('insurance.check-roster', input);
    return found.filter((w) => w.code === 'name-differs' || w.code === 'number-replaced');
  };
  beforeAll(async () => {
    await city.clock('2008-03-20T09:00');
    await pay('2008-03', '2008-03-07');
    await city.run('insurance.credit', { month: '2008-03' });
    await city.clock('2008-04-02T09:00');
    await city.run('insurance.close', { month: '2008-03' });
  });

  it('is a warning, with the file’s name for the employer alone who has had the person', async () => {
    const [own] = await warnings([named(li, '王刚')], mill);
    expect(own).toMatchObject({ line: 2, column: '姓名', value: '王刚', code: 'name-differs' });
    expect(own!.message).toContain('“李明”');
    const [stranger] = await warnings([named(li, '王刚')]);
    expect(stranger!.message).toBe('这个号码的档案上是另一个名字');
  });

  it('is none for the same name, whatever stands between its parts', async () => {
    expect(await warnings([named(li, '李 明'), named(sun, '新人')])).toEqual([]);
  });
});

describe('one person', () => {
  const second = citizen(111);
  const right = citizen(113);

  it('has one file after a merge: rosters, record and derivation go through it', async () => {
    const content = roster('2008-04', [named(second, '李明', '2500')]);
    await city.run('insurance.declare', { employer: works, month: '2008-04', full: true, content });
    await declare('2008-04', [named(li, '李明'), named(sun, '孙丽'), named(second, '李明', '900')]);
    await city.run('insurance.assess', { month: '2008-04' });
    const [kept, merged] = [await record(li), await record(second)];
    const before = [await explained(li, '2008-04'), await explained(second, '2008-04')];
    await city.run('registry.person.merge', { keep: li, merge: second, reason: '一人两号' });

    expect((await record(second)).publicId).toBe(kept.publicId);
    expect((await record(merged.publicId)).publicId).toBe(kept.publicId);
    const after = await explained(second, '2008-04');
    const total = (d: Derivation) => Number(d.value.replace(/[¥,.]/g, ''));
    expect(total(after)).toBe(total(before[0]!) + total(before[1]!));
    expect(JSON.stringify(await explainedBill())).not.toContain('null ');
    const month = (await record(li)).months.find((m) => m.month === '2008-04' && isMill(m))!;
    expect(month.wageFen).toBe(290_000);
  });

  const explainedBill = () =>
    city.run<Derivation>('insurance.explain-bill', { employer: works, month: '2008-04' });
  const isMill = (m: { employerName: string }) => m.employerName === `厂${mill}`;

  it('is found by the merged number on the next roster, and stands on one line of it', async () => {
    await finish('2008-04', '2008-05');
    const before = await files();
    const both = [named(li, '李明', '2100'), named(second, '李明', '2200'), named(sun, '孙丽')];
    const refused = await declare('2008-05', both);
    expect(refused.accepted).toBe(0);
    expect(refused.errors).toMatchObject([{ line: 3, code: 'duplicate-person', value: second }]);
    const taken = await declare('2008-05', [named(second, '李明', '2200'), named(sun, '孙丽')]);
    expect(taken.warnings).toMatchObject([{ line: 2, code: 'number-replaced', value: second }]);
    expect(await files()).toBe(before);
    // Each of the two files is enrolled there, one from January, the other from April on: the record tells of one enrolment.
    const spells = (await record(li)).enrolments.filter((e) => e.employerName === `厂${mill}`);
    expect(spells.map((e) => [e.from, e.to])).toEqual([['2008-01-01', null]]);
    const rows = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows(`select from spell s join employer_code c using (employer_id)
        where c.code = '${mill}' and upper_inf(s.known) and upper_inf(s.valid)
          and s.person_id in (select person_id from person_fact where number in ('${li}', '${second}'))`),
    );
    expect(rows).toHaveLength(2);
    // A roster of changes takes the merged file's line of the month before for the kept one.
    const changes = roster('2008-05', [named(twin, '赵强')]);
    const input = { employer: works, month: '2008-05', content: changes };
    await city.run('insurance.declare', input);
    await city.run('insurance.assess', { month: '2008-05' });
    const may = (await record(li)).months.filter((m) => m.month === '2008-05');
    expect(may.map((m) => m.wageFen).sort()).toEqual([220_000, 250_000]);
  });

  it('is corrected back-dated under the file that stood on the roster then', async () => {
    const input = { employer: works, person: li, months: ['2008-04'], wageFen: 260_000 };
    await city.run('insurance.correct-wage', { ...input, reason: '抄错' });
    await finish('2008-05', '2008-06');
    await city.run('insurance.assess', { month: '2008-06' });
    const april = (await record(li)).months.find((m) => m.month === '2008-04' && !isMill(m))!;
    expect(april).toMatchObject({ wageFen: 260_000, baseFen: 260_000, assessment: 2 });
  });

  it('keeps the file and the account when the number is corrected', async () => {
    const file = (await record(sun)).publicId;
    await account(sun, file);
    await city.run('registry.person.correct-number', {
      person: sun,
      number: right,
      reason: '更正',
    });
    expect((await record(sun)).publicId).toBe(file);
    expect((await actorByLogin(city.house.store, right)).subject).toBe(file);
    await finish('2008-06', '2008-07');
    const before = await files();
    const mine = await declare('2008-07', [named(sun, '孙丽')]);
    expect(mine.warnings.map((w) => w.code)).toEqual(['number-replaced']);
    expect(await files()).toBe(before);
    // Under another name it is the number of somebody else, whose file is opened.
    await declare('2008-07', [named(sun, '周杰'), named(right, '孙丽')]);
    expect(await files()).toBe(before + 1);
    expect((await record(sun)).name).toBe('周杰');
    expect((await record(right)).publicId).toBe(file);
  });

  it('signs in to the whole past with the account of a file that was merged twice', async () => {
    const [one, two] = [citizen(121), citizen(123)];
    await declare('2008-07', [named(one, '钱一'), named(two, '钱一'), named(right, '孙丽')]);
    await account(one, (await record(one)).publicId);
    await city.run('registry.person.merge', { keep: two, merge: one, reason: '重复' });
    await city.run('registry.person.merge', { keep: wang, merge: two, reason: '重复' });
    const actor = await actorByLogin(city.house.store, wang);
    expect(actor.subject).toBe((await record(wang)).publicId);
    expect(actor.reach.persons).toHaveLength(3);
    const caller = { actor, purpose: 'own-matter' as const, language: 'zh' as const };
    const own = await city.run<RecordView>('insurance.record', { person: one }, caller);
    expect(own.publicId).toBe(actor.subject);
    const again = { keep: wang, merge: one, reason: '重复' };
    expect(await refusal(city.run('registry.person.merge', again))).toBe('same-person');
  });

  const files = async () =>
    city.house.store.transaction({ role: 'system' }, async (tx) => {
      const { n } = await tx.one<{ n: number }>('select count(*)::int as n from person');
      return n;
    });
  const account = (login: string, person: string) =>
    city.house.store.transaction({ role: 'system' }, async (tx) => {
      const { id } = await tx.one<{ id: number }>('select id from person where public_id = $1', [
        person,
      ]);
      const at = { kind: 'person', role: 'insured-person', areaLo: 0, areaHi: 0 } as const;
      const made = { login, name: '本人', password: null, personId: id, reason: '测试' };
      await openAccount(tx, { ...at, ...made }, 1, '2008-01-01' as never);
    });
  const finish = async (month: string, next: string) => {
    await city.clock(`${month}-20T09:00`);
    for (const employer of [mill, works]) {
      const view = await bill(month, employer).catch(() => undefined);
      if (view !== undefined && view.total.payableFen > 0)
        await pay(month, `${month}-06`, employer);
    }
    await city.run('insurance.credit', { month });
    await city.clock(`${next}-03T09:00`);
    await city.run('insurance.close', { month });
  };
});
