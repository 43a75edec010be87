import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../../src/engines/access/roles.ts';
import { funds, receivableKeys } from '../../src/engines/fund/index.ts';
import type { Reach } from '../../src/kernel/database/index.ts';
import type { Caller } from '../../src/kernel/index.ts';
import type {
  BalancesView,
  BillView,
  Page,
  SuspenseRow,
  TrialBalanceView,
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

const [first, second] = [organisation(61), organisation(62)] as const;
const books = ['statutory', 'receivable'] as const;
let city: TestCity;

const bill = (employer: string, month: string) =>
  city.run<BillView>('insurance.bill', { employer, month });
const at = (input: object, caller?: Caller) =>
  city.run<BalancesView>('insurance.balances', input, caller);
const due = async (input: object) => {
  const { rows } = await at({ fund: 'pension', book: 'receivable', ...input });
  const key = String(receivableKeys.contributionsDue);
  return rows.find((r) => r.account === key)?.balanceFen ?? 0;
};
const sql = (reach: Reach, text: string, values: readonly unknown[] = []) =>
  city.house.store.transaction(reach, (tx) => tx.rows<Record<string, number>>(text, values));

async function month(name: string): Promise<void> {
  for (const [i, employer] of [first, second].entries())
    await city.run('insurance.declare', {
      employer,
      month: name,
      full: true,
      content: roster(name, [{ number: citizen(20 + i * 2), wage: '2000' }]),
    });
  await city.run('insurance.assess', { month: name });
}

/** January: one pays, of the other's money the payer is found in February only; February: a wage corrected, money paid back. */
beforeAll(async () => {
  city = await testCity();
  for (const [code, area] of [
    [first, '430407'],
    [second, '430405'],
  ] as const)
    await city.run('registry.employer.register', { code, name: code, area, injuryClass: 1 });
  await month('2008-01');
  await city.clock('2008-01-25T09:00');
  const january = await bill(first, '2008-01');
  await city.run('insurance.collect', {
    content: bankFile([
      { on: '2008-01-07', reference: 'P1', bill: january.number, amount: '700.00' },
      { on: '2008-01-21', reference: 'P2', bill: '', amount: '500.00' },
    ]),
  });
  await city.clock('2008-02-01T09:00');
  await city.run('insurance.close', { month: '2008-01' });
  await city.clock('2008-02-05T09:00');
  await city.run('insurance.correct-wage', {
    employer: first,
    person: citizen(20),
    months: ['2008-01'],
    wageFen: 260_000,
    reason: '抄错',
  });
  await month('2008-02');
  await city.clock('2008-02-12T09:00');
  const { rows } = await city.run<Page<SuspenseRow>>('insurance.suspense', {});
  await city.run('insurance.resolve-suspense', {
    receipt: rows[0]!.publicId,
    employer: second,
    reason: '来电说明',
  });
  await city.clock('2008-02-20T09:00');
  const february = await bill(second, '2008-02');
  await city.run('insurance.collect', {
    content: bankFile([
      {
        on: '2008-02-19',
        reference: 'P3',
        bill: february.number,
        amount: '3000.00',
      },
    ]),
  });
  await city.run('insurance.refund', { employer: second, amountFen: 100, reason: '张三误缴' });
  await city.clock('2008-03-01T09:00');
  await city.run('insurance.close', { month: '2008-02' });
});
afterAll(async () => city?.close());

describe('balances as of a day', () => {
  it('are the trial balance’s at the end of a closed month, as it was known then', async () => {
    for (const { key: fund } of funds) {
      for (const book of books) {
        const trial = await city.run<TrialBalanceView>('insurance.trial-balance', {
          fund,
          book,
          month: '2008-01',
        });
        const closing = trial.rows
          .filter((r) => r.closingFen !== 0)
          .map((r) => [r.account, r.closingFen]);
        const then = await at({ fund, book, day: '2008-01-31', knownAt: '2008-02-01T09:00' });
        expect(then.rows.map((r) => [r.account, r.balanceFen])).toEqual(closing);
        expect(then.debitFen).toBe(then.creditFen);
      }
    }
  });

  it('count what was found out later from the day on which it takes effect', async () => {
    const then = await due({ day: '2008-01-31', knownAt: '2008-02-01T09:00' });
    const now = await due({ day: '2008-01-31' });
    expect(now).toBeLessThan(then);
    expect(await due({ day: '2008-01-20' })).toBe(
      await due({ day: '2008-01-20', knownAt: '2008-02-01T09:00' }),
    );
    const known = await at({ fund: 'pension', day: '2008-01-31', knownAt: '2008-02-05T09:00' });
    expect(await due({ day: '2008-01-31', knownAct: known.knownAct! })).toBe(then);
  });

  it('hold money whose payer was found later as that employer’s from the day on which it came', async () => {
    const held = async (day: string, knownAt?: string) => {
      const of = knownAt === undefined ? { day } : { day, knownAt };
      const { rows } = await at({ fund: 'pension', ...of });
      const on = (account: string) => rows.find((r) => r.account === account)?.balanceFen ?? 0;
      return { waiting: on('200102'), unapplied: on('200101') };
    };
    const then = await held('2008-01-31', '2008-02-01T09:00');
    expect(then).toEqual({ waiting: -50_000, unapplied: 0 });
    for (const day of ['2008-01-21', '2008-01-31', '2008-02-12', '2008-02-29']) {
      const { waiting, unapplied } = await held(day);
      expect(waiting, day).toBe(0);
      expect(unapplied, day).toBeLessThanOrEqual(0);
    }
  });

  it('hold a correction from the day of the bill that carries it', async () => {
    const before = await due({ day: '2008-02-04', employer: first });
    const after = await due({ day: '2008-02-05', employer: first });
    const february = await bill(first, '2008-02');
    const pension = february.lines.filter((l) => l.insurance === 'pension');
    expect(pension.map((l) => l.kind)).toContain('difference');
    expect(after - before).toBe(pension.reduce((s, l) => s + l.amountFen, 0));
    expect(await due({ day: '2008-02-05', employer: first, knownAt: '2008-02-04T09:00' })).toBe(
      before,
    );
  });

  it('of one employer balance, with what was assessed of it', async () => {
    for (const employer of [first, second]) {
      const assessed = async (day: string): Promise<number> => {
        const view = await at({ fund: 'pension', book: 'receivable', day, employer });
        expect([employer, day, view.debitFen]).toEqual([employer, day, view.creditFen]);
        return -(view.rows.find((r) => r.account === '21')?.balanceFen ?? 0);
      };
      const january = (await bill(employer, '2008-01')).insurances[0]!;
      expect(await assessed('2008-01-31')).toBe(january.employerFen + january.employeeFen);
      for (const day of ['2008-01-20', '2008-02-05', '2008-02-12', '2008-02-29'])
        expect(await assessed(day)).toBeGreaterThan(0);
    }
  });

  it('are what all entries sum to, for any day, act, fund, book and county', async () => {
    const acts = await sql({ role: 'system' }, 'select distinct act from journal order by 1');
    const grid = [
      '2008-01-05',
      '2008-01-21',
      '2008-01-31',
      '2008-02-12',
      '2008-02-29',
      '2008-03-31',
    ];
    for (const [i, day] of grid.entries()) {
      for (const { act } of [...acts, { act: null }]) {
        const { id: fund, key } = funds[(i + (act ?? 0)) % funds.length]!;
        const area = i % 2 === 0 ? {} : { area: '430405' };
        for (const [b, book] of books.entries()) {
          const should = await sql(
            { role: 'system' },
            `select e.account, sum(e.amount)::bigint as amount from entry e join journal j on j.id = e.journal_id
             where j.effective <= $1 and ($2::bigint is null or j.act <= $2) and e.fund = $3 and e.book = $4
               and ($5 or e.area / 1000000 = 430405) group by 1 having sum(e.amount) <> 0 order by 1`,
            [day, act, fund, b + 1, i % 2 === 0],
          );
          const known = act === null ? {} : { knownAct: act };
          const { rows } = await at({ fund: key, book, day, ...area, ...known });
          expect(rows.map((r) => ({ account: Number(r.account), amount: r.balanceFen }))).toEqual(
            should,
          );
        }
      }
    }
  });

  it('refuse what is no question', async () => {
    expect(await refusal(at({ fund: 'pension', day: '2008-02-30' }))).toBe('date-impossible');
    const input = { fund: 'pension', day: '2008-02-01' };
    expect(await refusal(at({ ...input, knownAt: '2008-04-01T09:00' }))).toBe('input-invalid');
    expect(await refusal(at({ ...input, knownAct: 1, knownAt: '2008-01-01T09:00' }))).toBe(
      'input-invalid',
    );
    expect(await refusal(at({ ...input, fund: 'gold' }))).toBe('input-invalid');
  });
});

describe('who reads the books', () => {
  const county: Reach = { role: 'staff', areaLo: 430_407_000_000, areaHi: 430_407_999_999 };

  it('may ask for balances who may ask for the trial balance', () => {
    for (const [name, { permissions }] of Object.entries(roles))
      expect(permissions.includes('insurance.balances'), name).toBe(
        permissions.includes('insurance.trial-balance'),
      );
  });

  it('a county’s accountant asks for balances of the own county only', async () => {
    const permissions = new Set(['insurance.balances']);
    const caller: Caller = {
      ...city.operator,
      actor: { ...city.operator.actor, kind: 'staff', permissions, reach: county },
    };
    for (const book of books) {
      const input = { fund: 'pension', book, day: '2008-02-29' };
      const own = await at(input, caller);
      expect(own.rows).toEqual((await at({ ...input, area: '430407' })).rows);
      expect(own.rows).not.toEqual((await at(input)).rows);
      expect([own.area, (await at(input)).area]).toEqual(['石鼓区', '衡阳市']);
    }
    expect(
      await refusal(at({ fund: 'pension', day: '2008-02-29', employer: second }, caller)),
    ).toBe('unknown-employer');
  });

  it('no employer reads journals, and no county those of another with their reasons', async () => {
    const memos = "select memo from journal where kind = 'refund'";
    const [{ id }] = (await sql(
      { role: 'system' },
      `select employer_id as id from employer_code where code = '${second}'`,
    )) as [{ id: number }];
    await expect(sql({ role: 'employer', employer: id }, memos)).rejects.toThrow(
      /permission denied/,
    );
    expect(await sql(county, memos)).toEqual([]);
    const theirs: Reach = { role: 'staff', areaLo: 430_405_000_000, areaHi: 430_405_999_999 };
    expect(await sql(theirs, memos)).toEqual([{ memo: '退还多缴款：张三误缴' }]);
    const shared = await sql(county, 'select distinct kind from journal where area is null');
    expect(shared.map((r) => r['kind']).sort()).not.toContain('refund');
  });
});
