import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorByLogin } from '../../src/engines/access/index.ts';
import { type Caller, registered } from '../../src/kernel/index.ts';
import {
  type AuditLook,
  type DisclosureView,
  disclosurePolicy,
  type LooksView,
  type MatterRow,
  type MyData,
  type ObjectionView,
} from '../../src/services/oversight/index.ts';
import { personAccount } from '../browser/site.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

const near = organisation(81);
const far = organisation(82);
const [mei, hua, own, far1] = [citizen(81), citizen(83), citizen(85), citizen(87)];
let city: TestCity;
const callers: Record<string, Caller> = {};

async function as(login: string, purpose: Caller['purpose'] = 'counter-visit'): Promise<Caller> {
  return { ...city.operator, actor: await actorByLogin(city.house.store, login), purpose };
}

beforeAll(async () => {
  city = await testCity();
  for (const [code, area, numbers] of [
    [near, '430407', [mei, hua, own]],
    [far, '430405', [far1]],
  ] as const) {
    await city.run('registry.employer.register', { code, name: code, area, injuryClass: 1 });
    const content = roster(
      '2008-01',
      numbers.map((number) => ({ number, wage: '2000' })),
    );
    await city.run('insurance.declare', { employer: code, month: '2008-01', full: true, content });
  }
  const staff = { kind: 'staff', reason: '测试' };
  for (const [login, role, area] of [
    ['wang', 'collection-clerk', '430407'],
    ['zhao', 'contribution-checker', '430407'],
    ['qian', 'privacy-officer', '430407'],
    ['sun', 'collection-clerk', '430405'],
  ])
    await city.run('access.account.open', { ...staff, login, name: `${login}某`, role, area });
  await city.run('access.account.open', {
    kind: 'auditor',
    login: 'shen',
    name: '沈',
    reason: '测',
  });
  for (const person of [mei, own])
    await personAccount(city, person, { login: person, name: '某', password: 'unused-here-1' });
  for (const login of ['wang', 'zhao', 'qian', 'sun']) callers[login] = await as(login);
  callers['shen'] = await as('shen', 'check-controls');
  callers['mei'] = await as(mei, 'own-matter');
});
afterAll(async () => city?.close());

const looksOf = (caller = callers['mei']!) =>
  city.run<LooksView>('access.looks', { person: mei }, caller);
const record = (person: string, caller: Caller) => city.run('insurance.record', { person }, caller);

describe('a matter', () => {
  it('is the purpose of looks at whom it concerns, of its owner alone, while it is open', async () => {
    const wang = callers['wang']!;
    const matterless: Caller = { ...wang, purpose: 'open-matter' };
    expect(await refusal(record(mei, matterless))).toBe('matter-missing');
    const { matter } = await city.run<{ matter: string }>(
      'access.matter.open',
      { reason: '补缴申请核对', persons: [mei] },
      wang,
    );
    const working: Caller = { ...matterless, matter };
    await record(mei, working);
    expect(await refusal(record(hua, working))).toBe('matter-of-others');
    expect(
      await refusal(record(mei, { ...callers['zhao']!, purpose: 'open-matter', matter })),
    ).toBe('unknown-matter');
    await city.run('access.matter.add-person', { matter, person: hua }, wang);
    await record(hua, working);
    const [row] = (await looksOf()).rows;
    expect(row).toMatchObject({
      by: 'office',
      name: '石鼓区',
      purpose: 'open-matter',
      matter: { id: matter, reason: null },
    });
    const { rows } = await city.run<{ rows: MatterRow[] }>('access.matters', {}, wang);
    expect(rows[0]).toMatchObject({ matter, persons: 2, looks: 2, open: true });
    await city.run('access.matter.end', { matter, reason: '已经办完' }, wang);
    expect(await refusal(record(mei, working))).toBe('unknown-matter');
  });

  it('is not opened about who is beyond one’s area', async () => {
    const asked = { reason: '核对材料', persons: [far1] };
    expect(await refusal(city.run('access.matter.open', asked, callers['wang']))).toBe(
      'unknown-person',
    );
  });

  it('of an investigation hides its looks until it is closed, and counts them', async () => {
    const zhao = callers['zhao']!;
    const before = await looksOf();
    const { matter } = await city.run<{ matter: string }>(
      'access.matter.investigate',
      { reason: '冒领核查线索', persons: [mei] },
      zhao,
    );
    await record(mei, { ...zhao, purpose: 'open-matter', matter });
    const meanwhile = await looksOf();
    expect([meanwhile.total, meanwhile.hidden]).toEqual([before.total, before.hidden + 1]);
    expect(JSON.stringify(meanwhile.rows)).not.toContain(matter);
    const open = await city.run<DisclosureView>('access.disclosure', {});
    expect(open.hidden).toBe(1);
    await city.run('access.matter.end', { matter, reason: '没有发现问题' }, zhao);
    const after = await looksOf();
    expect([after.total, after.hidden]).toEqual([before.total + 1, 0]);
    expect(after.rows[0]!.matter!.id).toBe(matter);
    expect(await refusal(city.run('access.matter.investigate', {}, callers['wang']))).toBe(
      'not-permitted',
    );
  });
});

describe('an emergency', () => {
  it('opens one file beyond the own area by its whole number, and tells the person why', async () => {
    const sun = callers['sun']!;
    expect(await refusal(record(mei, sun))).toBe('unknown-person');
    const reason = '急救住院，家属在窗口';
    expect(await refusal(city.run('access.matter.emergency', { person: '梅', reason }, sun))).toBe(
      'emergency-number-whole',
    );
    const { matter } = await city.run<{ matter: string }>(
      'access.matter.emergency',
      { person: mei, reason },
      sun,
    );
    await record(mei, { ...sun, purpose: 'emergency', matter });
    expect(await refusal(record(hua, { ...sun, purpose: 'emergency', matter }))).toBe(
      'matter-of-others',
    );
    expect(await refusal(record(mei, { ...sun, purpose: 'open-matter', matter }))).toBe(
      'unknown-matter',
    );
    expect(await refusal(record(mei, sun))).toBe('unknown-person');
    expect((await looksOf()).rows[0]).toMatchObject({
      name: '珠晖区',
      purpose: 'emergency',
      matter: { reason },
    });
  });

  it('is over by the wall clock', async () => {
    const sun = callers['sun']!;
    const { matter } = await city.run<{ matter: string }>(
      'access.matter.emergency',
      { person: hua, reason: '急救住院' },
      sun,
    );
    await city.house.store.transaction({ role: 'system' }, async (tx) => {
      // What no role may do is done by the owner in the test of the audit trail; here the hours are counted.
      const { hours } = await tx.one<{ hours: number }>(
        `select round(extract(epoch from until - clock_timestamp()) / 3600)::int as hours from matter where public_id = $1`,
        [matter],
      );
      expect(hours).toBe(1);
    });
    const asked = { person: hua, reason: '急救住院', hours: 5 };
    expect(await refusal(city.run('access.matter.emergency', asked, sun))).toBe('input-invalid');
  });
});

describe('a conflict of interest', () => {
  it('keeps staff from the own file, relatives and the own employer, and is recorded', async () => {
    await city.run('access.account.link-person', { login: 'zhao', person: own });
    await city.run('access.relative.declare', { number: mei, kind: 'sibling' }, callers['zhao']);
    const zhao = await as('zhao', 'check-contributions');
    for (const person of [own, mei])
      expect(await refusal(record(person, zhao))).toBe('conflict-of-interest');
    await record(hua, zhao);
    expect(
      await refusal(city.run('insurance.bill', { employer: near, month: '2008-01' }, zhao)),
    ).toBe('conflict-of-interest');
    expect(
      await refusal(city.run('access.matter.open', { reason: '核对材料', persons: [mei] }, zhao)),
    ).toBe('conflict-of-interest');
    const seen = (await looksOf()).rows.filter((r) => r.refused);
    expect(seen).toHaveLength(2);
    expect(seen.map((r) => r.what.en).sort()).toEqual(['A person’s record', 'Open a matter']);
    expect((await city.run<DisclosureView>('access.disclosure', {})).refused).toBeGreaterThan(2);
  });

  it('is of staff and auditors, and the own file is linked once', async () => {
    const asked = { login: 'zhao', person: hua };
    expect(await refusal(city.run('access.account.link-person', asked))).toBe('person-linked');
    expect(await refusal(city.run('access.account.link-person', { login: mei, person: hua }))).toBe(
      'staff-account-needed',
    );
  });
});

describe('an auditor', () => {
  const span = { from: '2008-01-01', to: '2008-03-31' };

  it('learns who looked at a person, hidden and refused looks among them, and nothing of the data', async () => {
    const answer = await city.run<{ rows: AuditLook[]; total: number }>(
      'access.audit.person',
      { person: mei, ...span, query: 'insurance.record' },
      callers['shen'],
    );
    expect(answer.total).toBe(answer.rows.length);
    expect(answer.rows.map((r) => r.name)).toContain('sun某');
    expect(answer.rows.some((r) => r.refused === 'conflict-of-interest')).toBe(true);
    expect(JSON.stringify(answer)).not.toContain(mei);
    expect(await refusal(record(mei, callers['shen']!))).toBe('not-permitted');
    const back = { person: mei, from: '2008-03-01', to: '2008-01-01' };
    expect(await refusal(city.run('access.audit.person', back, callers['shen']))).toBe(
      'days-reversed',
    );
    expect((await looksOf()).rows[0]).toMatchObject({ by: 'auditor', purpose: 'check-controls' });
  });

  it('learns everything that an account did', async () => {
    const { rows } = await city.run<{ rows: { kind: string; name: string }[] }>(
      'access.audit.account',
      { account: 'wang', ...span },
      callers['shen'],
    );
    const names = rows.map((r) => `${r.kind} ${r.name}`);
    expect(names).toContain('act access.matter.open');
    expect(names).toContain('look insurance.record');
    expect(JSON.stringify(rows)).not.toContain(mei);
  });

  it('learns which files and accounts stand out', async () => {
    for (let i = 0; i < 6; i += 1) await record(hua, callers['wang']!);
    const found = await city.run<{ files: { looks: number; others: number }[] }>(
      'access.audit.unusual',
      { ...span, least: 6, times: 3 },
      callers['shen'],
    );
    expect(found.files[0]!.looks).toBeGreaterThanOrEqual(6);
    expect(JSON.stringify(found)).not.toContain(hua);
  });
});

describe('a person', () => {
  it('objects to a look in one step; an officer of the area answers, not who looked', async () => {
    const mine = callers['mei']!;
    const { rows } = await looksOf();
    const look = rows.find((r) => r.by === 'office' && r.name === '石鼓区' && !r.refused)!;
    const made = await city.run<{ objection: string; due: string }>(
      'access.objection.make',
      { person: mei, look: look.id },
      mine,
    );
    expect(made.due).toBe('2008-01-20');
    expect(await city.run('access.objection.make', { person: mei, look: look.id }, mine)).toEqual(
      made,
    );
    expect((await looksOf()).rows.find((r) => r.id === look.id)!.objected).toBe('2008-01-05');
    const due = await city.run<{ rows: ObjectionView[] }>(
      'access.objections.to-answer',
      {},
      callers['qian'],
    );
    expect(due.rows[0]).toMatchObject({ objection: made.objection, lookedBy: 'zhao某' });
    expect(JSON.stringify(due)).not.toContain(mei);
    const answer = {
      objection: made.objection,
      outcome: 'justified',
      text: '没有在办的事，已批评',
    };
    await city.run('access.objection.answer', answer, callers['qian']);
    expect(await refusal(city.run('access.objection.answer', answer, callers['qian']))).toBe(
      'unknown-objection',
    );
    const own = await city.run<{ rows: ObjectionView[] }>(
      'access.objections',
      { person: mei },
      mine,
    );
    expect(own.rows[0]).toMatchObject({ lookedBy: null, answer: { outcome: 'justified' } });
  });

  it('cannot object to what is not an entry of the own file', async () => {
    const other = await as(own, 'own-matter');
    const { rows } = await looksOf();
    const asked = { person: own, look: rows[0]!.id };
    expect(await refusal(city.run('access.objection.make', asked, other))).toBe('unknown-look');
  });

  it('downloads all that is held, whatever tables there are, and nothing of anybody else', async () => {
    const data = await city.run<MyData>('access.my-data', { person: mei }, callers['mei']);
    const parts = data.parts.map((p) => p.part);
    for (const part of ['person', 'person_fact', 'spell', 'roster_line', 'account'])
      expect(parts).toContain(part);
    const text = JSON.stringify(data);
    expect(text).toContain(mei);
    for (const other of [hua, own, far1]) expect(text).not.toContain(other);
    expect(text).not.toContain('argon2');
    for (const { part, title } of data.parts) expect(title.zh).not.toBe(part);
  });
});

describe('the policy of disclosure', () => {
  it('names every query that shows a person, and no name that is none', () => {
    const named = new Set(disclosurePolicy().principles.flatMap((p) => p.names));
    const personal = [...registered().values()].filter((d) => d.kind === 'query' && d.personal);
    expect(personal.map((d) => d.name).filter((n) => !named.has(n))).toEqual([]);
    expect([...named].filter((n) => !registered().has(n))).toEqual([]);
  });

  it('has words for every table that a person may read', async () => {
    const tables = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ name: string }>(
        `select c.relname as name from pg_policy p join pg_class c on c.oid = p.polrelid
         where p.polname = 'own_person' and c.relnamespace = current_schema()::regnamespace`,
      ),
    );
    expect(tables.map((t) => t.name).sort()).toEqual(
      Object.keys(disclosurePolicy().holdings).sort(),
    );
  });
});

describe('who acts for somebody else', () => {
  const give = { scopes: ['record'], until: '2008-12-31' };

  it('sees the other’s file in the named parts, on the named days, and is told to the other', async () => {
    const mine = callers['mei']!;
    const daughter = await as(own, 'own-matter');
    const acting: Caller = { ...daughter, actsFor: callers['mei']!.actor.subject as string };
    expect(await refusal(record(mei, acting))).toBe('unknown-proxy');
    const asked = { ...give, person: mei, agentNumber: own, agentName: '张三' };
    expect(
      await refusal(city.run('access.proxy.give', { ...asked, agentName: '李四' }, mine)),
    ).toBe('proxy-agent-unknown');
    expect(await refusal(city.run('access.proxy.give', { ...asked, agentNumber: mei }, mine))).toBe(
      'proxy-self',
    );
    expect(
      await refusal(city.run('access.proxy.give', { ...asked, until: '2019-01-01' }, mine)),
    ).toBe('proxy-days');
    const { proxy } = await city.run<{ proxy: string }>('access.proxy.give', asked, mine);
    expect(await refusal(city.run('access.proxy.give', asked, mine))).toBe('proxy-exists');
    await record(mei, acting);
    expect(await refusal(record(own, acting))).toBe('unknown-person');
    expect(await refusal(record(mei, daughter))).toBe('unknown-person');
    for (const name of ['access.looks', 'access.my-data', 'insurance.certificates'])
      expect(await refusal(city.run(name, { person: mei }, acting)), name).toBe(
        'proxy-beyond-scope',
      );
    expect((await looksOf()).rows[0]).toMatchObject({ by: 'proxy', purpose: 'own-matter' });
    await city.run('access.proxy.end', { person: mei, proxy }, mine);
    expect(await refusal(record(mei, acting))).toBe('unknown-proxy');
    expect(await refusal(city.run('access.proxy.end', { person: mei, proxy }, mine))).toBe(
      'unknown-proxy',
    );
    const again = await city.run<{ proxy: string }>('access.proxy.give', asked, mine);
    await city.run('access.proxy.end', { person: own, proxy: again.proxy }, daughter);
  });

  it('is nobody’s proxy after the last day', async () => {
    const asked = {
      ...give,
      person: mei,
      agentNumber: own,
      agentName: '张三',
      until: '2008-01-20',
    };
    await city.run('access.proxy.give', asked, callers['mei']);
    const daughter = await as(own, 'own-matter');
    const acting: Caller = { ...daughter, actsFor: callers['mei']!.actor.subject as string };
    await city.clock('2008-01-20T09:00');
    await record(mei, acting);
    await city.clock('2008-01-21T09:00');
    expect(await refusal(record(mei, acting))).toBe('unknown-proxy');
  });
});
