import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permits, roles } from '../../src/engines/access/index.ts';
import {
  type EmployerFacts,
  insertPersons,
  type PersonFound,
  searchSql,
} from '../../src/engines/registry/index.ts';
import { singleClient } from '../../src/kernel/database/connect.ts';
import { roleName } from '../../src/kernel/database/names.ts';
import { unifiedCode } from '../../src/kernel/identity.ts';
import { type Caller, registered } from '../../src/kernel/index.ts';
import type { Derivation } from '../../src/services/insurance/index.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

const mill = organisation(61);
const works = organisation(62);
const ouyang = citizen(301);
const zhang = citizen(303);
const li = citizen(305);
let city: TestCity;
let clerk: Caller;

function callerOf(reach: Caller['actor']['reach'], kind: Caller['actor']['kind']): Caller {
  const purpose = kind === 'staff' ? 'counter-visit' : 'own-matter';
  return { ...city.operator, actor: { ...city.operator.actor, kind, reach }, purpose };
}

async function handlerOf(code: string): Promise<Caller> {
  const { id } = await city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.one<{ id: number }>('select employer_id as id from employer_code where code = $1', [code]),
  );
  return callerOf({ role: 'employer', employer: id }, 'employer');
}

beforeAll(async () => {
  city = await testCity();
  clerk = callerOf({ role: 'staff', areaLo: 430_407_000_000, areaHi: 430_407_999_999 }, 'staff');
  for (const [code, area, persons] of [
    [
      mill,
      '430407',
      [
        { number: ouyang, name: '欧阳红', wage: '2000' },
        { number: zhang, name: '张三', wage: '3000' },
      ],
    ],
    [
      works,
      '430405',
      [
        { number: zhang, name: '张三', wage: '2500' },
        { number: li, name: '欧阳海', wage: '2600' },
      ],
    ],
  ] as const) {
    await city.run('registry.employer.register', { code, name: `厂${code}`, area, injuryClass: 1 });
    const content = roster('2008-01', persons);
    await city.run('insurance.declare', { employer: code, month: '2008-01', full: true, content });
  }
  await city.run('insurance.assess', { month: '2008-01' });
});
afterAll(async () => city?.close());

/** Whether the check character fits. */
function isCode(code: string): boolean {
  try {
    return unifiedCode(code).code === code;
  } catch {
    return false;
  }
}

describe('roles', () => {
  it('hold no right that no command or query asks for', () => {
    const rights = new Set([...registered().values()].map((d) => d.permission));
    const idle = Object.values(roles)
      .flatMap((r) => r.permissions)
      .filter((p) => p !== '*' && !rights.has(p));
    expect(idle).toEqual([]);
    expect(permits(new Set(roles['collection-clerk']!.permissions), 'registry.persons')).toBe(true);
  });
});

describe('persons', () => {
  const find = async (search: string, caller = clerk) =>
    (await city.run<{ rows: PersonFound[] }>('registry.persons', { search }, caller)).rows;
  const names = async (search: string, caller = clerk) =>
    (await find(search, caller)).map((r) => r.name);

  it('are found by number, beginning of the name and initials, in the clerk’s own area', async () => {
    expect(await names(ouyang)).toEqual(['欧阳红']);
    expect(await names('欧阳')).toEqual(['欧阳红']);
    expect(await names('OY')).toEqual(['欧阳红']);
    expect(await names('oyh', city.operator)).toEqual(['欧阳红', '欧阳海']);
    expect(await names('yh', city.operator)).toEqual([]);
    expect(await names(li)).toEqual([]);
    expect((await find(ouyang))[0]!.number).toBe(`4304${'*'.repeat(10)}${ouyang.slice(-4)}`);
  });

  it('are shown for a purpose only, and each look is recorded', async () => {
    const idle = { ...clerk, purpose: '' as const };
    expect(await refusal(find('欧阳', idle))).toBe('purpose-missing');
    await find('oyh', city.operator);
    const looks = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ one: boolean; listed: number | null }>(
        `select person_id is not null as one, listed from look where query = 'registry.persons' order by id`,
      ),
    );
    expect(looks[0]).toEqual({ one: true, listed: null });
    expect(looks.at(-1)).toEqual({ one: false, listed: 2 });
  });

  it('are found through an index under row-level security, of any number of files', async () => {
    await city.house.store.transaction({ role: 'system' }, (tx) =>
      insertPersons(
        tx,
        Array.from({ length: 20_000 }, (_, i) => ({
          name: `${'王李张刘陈'[i % 5]}${'伟芳娜敏静'[Math.floor(i / 5) % 5]}${'强磊洋艳勇'[Math.floor(i / 25) % 5]}`,
          number: citizen(i % 1000, `19${40 + Math.floor(i / 1000)}0303`),
          birth: '1970-03-03' as never,
          sex: 'male' as const,
          residence: 'urban' as const,
          area: 430_407_000_000 + (i % 7),
        })),
        1,
      ),
    );
    const client = await singleClient(city.server.connection, '430400');
    try {
      await client.query('analyze person_fact');
      await client.query('begin');
      await client.query(
        `select set_config('app.area_lo', '430407000000', true), set_config('app.area_hi', '430407999999', true),
           set_config('role', $1, true)`,
        [roleName('430400', 'staff')],
      );
      for (const [column, text] of [
        ['name', '欧阳'],
        ['initials', 'oyh'],
      ] as const) {
        const sql = searchSql(column)
          .replace('$1', '0')
          .replace('$2', `'${text}'`)
          .replace('$3', '51');
        const { rows } = await client.query<Record<string, string>>(`explain ${sql}`);
        const plan = rows.map((r) => r['QUERY PLAN']).join('\n');
        expect(plan).toMatch(new RegExp(`Index.*person_by_${column}`));
        expect(plan).not.toMatch(/Seq Scan on person_fact/);
      }
    } finally {
      await client.end();
    }
  });
});

describe('an employer’s handler', () => {
  const explain = async (person: string, employer: string) =>
    city.run<Derivation>(
      'insurance.explain-person',
      { person, month: '2008-01' },
      await handlerOf(employer),
    );

  it('is told how a person’s month came from his employer, and nothing of another one', async () => {
    const all = await city.run<Derivation>('insurance.explain-person', {
      person: zhang,
      month: '2008-01',
    });
    expect(all.because).toHaveLength(2);
    const own = await explain(zhang, mill);
    expect(own.because.map((b) => b.label.zh)).toEqual([`厂${mill}`]);
    expect(own.value).toBe(own.because[0]!.value);
    expect(JSON.stringify(own)).not.toContain(works);
    expect(JSON.stringify(own)).not.toContain('2,500');
  });

  it('learns nothing of who was never there, not even that there is a file', async () => {
    expect(await refusal(explain(li, mill))).toBe('unknown-person');
    expect(await refusal(explain(citizen(399), mill))).toBe('unknown-person');
    const handler = await handlerOf(mill);
    const certificate = { person: zhang, from: '2008-01', to: '2008-01' };
    expect(await refusal(city.run('insurance.certificate.issue', certificate, handler))).toBe(
      'unknown-person',
    );
  });
});

describe('an employer’s codes and links', () => {
  const body = `91430407${mill.replace('-', '')}`;
  const unified = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'].map((c) => `${body}${c}`).find(isCode)!;
  const code = (name: 'add' | 'end', employer: string, more: object) =>
    city.run<EmployerFacts>(`registry.employer.${name}-code`, {
      employer,
      reason: '换证',
      ...more,
    });
  const link = (name: 'add' | 'end', employer: string, more: object) =>
    city.run<EmployerFacts>(`registry.link.${name}`, { employer, reason: '登记', ...more });

  it('are added and ended with their days; overlap and a code of another are refused', async () => {
    expect((await code('add', mill, { code: unified })).codes.map((c) => c.kind).sort()).toEqual([
      'organisation',
      'unified',
    ]);
    expect(await refusal(code('add', mill, { code: organisation(69) }))).toBe('fact-overlaps');
    expect(await refusal(code('add', works, { code: unified }))).toBe('employer-exists');
    await city.clock('2008-01-10T09:00');
    const facts = await code('end', mill, { code: mill, last: '2008-01-09' });
    expect(facts.codes.find((c) => c.code === mill)).toMatchObject({ to: '2008-01-09' });
    expect(await refusal(code('end', mill, { code: unified }))).toBe('code-needed');
    expect(await refusal(code('end', mill, { code: works }))).toBe('code-not-here');
    // Found by either; the one in force stands on its papers.
    const bill = (employer: string) =>
      city.run<{ employer: { code: string } }>('insurance.bill', { employer, month: '2008-01' });
    expect((await bill(mill)).employer.code).toBe(unified);
    expect((await bill(unified)).employer.code).toBe(unified);
  });

  it('tell the head office and who represents it, one at a time', async () => {
    await link('add', mill, { kind: 'branch-of', of: works });
    const facts = await link('add', mill, { kind: 'represented-by', by: zhang });
    expect(facts.links.map((l) => [l.kind, l.name])).toEqual([
      ['represented-by', '张三'],
      ['branch-of', `厂${works}`],
    ]);
    expect(await refusal(link('add', mill, { kind: 'represented-by', by: li }))).toBe(
      'fact-overlaps',
    );
    expect(await refusal(link('add', works, { kind: 'branch-of', of: mill }))).toBe(
      'link-circular',
    );
    await link('end', mill, { kind: 'represented-by', last: '2008-01-10' });
    await city.clock('2008-01-11T09:00');
    await link('add', mill, { kind: 'represented-by', by: li });
    const { links } = await city.run<EmployerFacts>('registry.employer.facts', { employer: mill });
    expect(links.map((l) => [l.name, l.to])).toEqual([
      ['欧阳海', null],
      ['张三', '2008-01-10'],
      [`厂${works}`, null],
    ]);
    expect(await refusal(link('end', works, { kind: 'branch-of' }))).toBe('not-found');
  });
});
