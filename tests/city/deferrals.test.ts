import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type {
  AgeingView,
  BillView,
  Page,
  SuspenseRow,
  UnpaidRow,
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
import { allVerified } from './verified.ts';

// Each owes 732.60 for January, due on 8 January: 198.00 of the employee, 534.60 of the employer.
const owed = 73_260;
const [short, ordered, kept, whole, again, free] = [1, 2, 3, 4, 5, 6].map((n) =>
  organisation(700 + n),
) as [string, string, string, string, string, string];
const all = [short, ordered, kept, whole, again, free];
const because = { reason: '测试' };
const instalments = [
  // Named in any order: they are kept by their days.
  { dueOn: '2008-03-31', amountFen: owed - 30_000 },
  { dueOn: '2008-02-15', amountFen: 30_000 },
];
let city: TestCity;

beforeAll(async () => {
  city = await testCity();
  for (const [i, code] of all.entries()) {
    await city.run('registry.employer.register', {
      code,
      name: `厂${i}`,
      area: '430407',
      injuryClass: 2,
    });
    await city.run('insurance.declare', {
      employer: code,
      month: '2008-01',
      full: true,
      content: roster('2008-01', [{ number: citizen(20 + i * 2), wage: '1800.00' }]),
    });
  }
  await city.run('insurance.assess', { month: '2008-01' });
});
afterAll(async () => city?.close());

const bill = (employer: string, month = '2008-01') =>
  city.run<BillView>('insurance.bill', { employer, month });
const numberOf = async (employer: string) => (await bill(employer)).number;
const defer = async (employer: string, until: string, parts?: typeof instalments) =>
  city.run('insurance.defer', {
    bill: await numberOf(employer),
    until,
    ...because,
    ...(parts === undefined ? {} : { instalments: parts }),
  });
const pay = async (rows: readonly [string, string, string, number][]) =>
  city.run('insurance.collect', {
    content: bankFile(
      await Promise.all(
        rows.map(async ([employer, on, reference, fen]) => ({
          on,
          reference,
          bill: employer === '' ? '' : await numberOf(employer),
          amount: yuan(fen),
        })),
      ),
    ),
  });
const order = async (employer: string, payBy: string) =>
  city.run('insurance.order-payment', { bill: await numberOf(employer), payBy, ...because });
const listed = async (employer: string) => {
  const { rows } = await city.run<Page<UnpaidRow>>('insurance.unpaid', {
    month: '2008-02',
    earlier: true,
  });
  return rows.find((r) => r.code === employer && r.month === '2008-01');
};
const rowsOf = <T extends object>(sql: string) =>
  city.house.store.transaction({ role: 'system' }, (tx) => tx.rows<T>(sql));
const ends = (employer: string) =>
  rowsOf<{ missed: number; endsOn: string; again: boolean }>(
    `select (d.outputs->>'missed')::int as missed, d.outputs->>'endsOn' as "endsOn", d.supersedes is not null as again
     from determination d join employer_code c on c.employer_id = d.employer_id
     where d.kind = 'deferral-end' and c.code = '${employer}' order by d.id`,
  );
const fees = (employer: string) =>
  rowsOf<{ fund: number; days: number; principal: number; amount: number; due: string }>(
    `select l.fund::int, l.days, l.principal, l.amount, l.due_on::text as due
     from late_fee l join employer_code c on c.employer_id = l.employer_id where c.code = '${employer}' order by l.id`,
  );
const verified = () => allVerified(city);

describe('a deferral by instalments', () => {
  it('is shown with what is to be paid next, and charges nothing while it is kept', async () => {
    await city.clock('2008-01-08T09:00');
    for (const employer of [short, ordered, kept]) await defer(employer, '2008-03-31', instalments);
    await defer(whole, '2008-02-20');
    await city.clock('2008-01-31T09:00');
    await pay([[free, '2008-01-07', 'F1', owed]]);
    expect(await listed(short)).toMatchObject({
      daysLate: 0,
      deferredUntil: '2008-03-31',
      deferralEndedOn: null,
      instalments: {
        of: 2,
        paid: 0,
        next: { number: 1, dueOn: '2008-02-15', amountFen: 30_000 },
      },
    });
    expect(await listed(whole)).toMatchObject({ deferredUntil: '2008-02-20', instalments: null });
    await city.clock('2008-02-01T09:00');
    await city.run('insurance.close', { month: '2008-01' });
    await verified();
  });

  it('lets money go to what is due before what is deferred', async () => {
    for (const [i, employer] of all.entries())
      await city.run('insurance.declare', {
        employer,
        month: '2008-02',
        full: true,
        content: roster('2008-02', [{ number: citizen(20 + i * 2), wage: '1800.00' }]),
      });
    await city.clock('2008-02-05T09:00');
    await city.run('insurance.assess', { month: '2008-02' });
    await city.clock('2008-02-10T09:00');
    // January's number on the slip: February is due, January is deferred.
    await pay([
      [kept, '2008-02-07', 'K1', owed],
      [short, '2008-02-07', 'S1', owed + 20_000],
      [ordered, '2008-02-07', 'O1', owed],
      [ordered, '2008-02-09', 'O2', 20_000],
      [whole, '2008-02-07', 'W1', owed],
      [again, '2008-01-08', 'A1', owed],
      [again, '2008-02-07', 'A2', owed],
      [free, '2008-02-07', 'F2', owed],
    ]);
    for (const employer of all) {
      const february = await bill(employer, '2008-02');
      expect(february.lines.reduce((s, l) => s + l.openFen, 0)).toBe(0);
    }
    expect((await listed(kept))?.openFen).toBe(owed);
    // A part of an instalment: the rest of it is to be paid by its day.
    expect(await listed(short)).toMatchObject({
      openFen: owed - 20_000,
      instalments: { paid: 0, next: { number: 1, amountFen: 10_000 } },
    });
    await verified();
  });

  it('stands on an instalment’s day, and has ended the day after when a fen is missing', async () => {
    await city.clock('2008-02-15T20:00');
    expect(await listed(short)).toMatchObject({ deferredUntil: '2008-03-31', daysLate: 0 });
    await city.clock('2008-02-16T09:00');
    for (const employer of [short, ordered, kept])
      expect(await listed(employer)).toMatchObject({
        deferredUntil: null,
        deferralEndedOn: '2008-02-15',
        daysLate: 1,
        instalments: null,
      });
    const ageing = await city.run<AgeingView>('insurance.ageing', { month: '2008-02' });
    const open = 2 * (owed - 20_000) + owed;
    expect(ageing.rows).toMatchObject([{ employers: 4, days30Fen: open, notDueFen: owed }]);
    // Nothing was recorded by the passing of time: it is asked.
    expect(await ends(short)).toEqual([]);
  });

  it('is recorded by the next act, and the bill can be ordered again', async () => {
    expect(await order(ordered, '2008-02-25')).toMatchObject({ payBy: '2008-02-25' });
    expect(await ends(ordered)).toEqual([{ missed: 1, endsOn: '2008-02-15', again: false }]);
    expect(await order(kept, '2008-02-25')).toMatchObject({ payBy: '2008-02-25' });
    expect(await ends(kept)).toEqual([{ missed: 1, endsOn: '2008-02-15', again: false }]);
    await verified();
  });

  it('was kept after all when money turns out to have come in time', async () => {
    await city.clock('2008-02-20T09:00');
    await pay([['', '2008-02-14', 'K2', 30_000]]);
    const { rows } = await city.run<Page<SuspenseRow>>('insurance.suspense', {});
    await city.run('insurance.resolve-suspense', {
      receipt: rows[0]!.publicId,
      employer: kept,
      ...because,
    });
    expect(await ends(kept)).toEqual([
      { missed: 1, endsOn: '2008-02-15', again: false },
      { missed: 0, endsOn: '2008-03-31', again: true },
    ]);
    expect(await listed(kept)).toMatchObject({
      deferredUntil: '2008-03-31',
      deferralEndedOn: null,
      daysLate: 0,
      instalments: { of: 2, paid: 1, next: { number: 2, dueOn: '2008-03-31' } },
    });
    expect(await refusal(order(kept, '2008-02-28'))).toBe('bill-not-due');
    expect(await fees(kept)).toEqual([]);
    await verified();
  });

  it('one that was missed is late from its instalment’s day: a fee before July 2011 still needs a missed order', async () => {
    await city.clock('2008-03-05T09:00');
    await pay([
      [ordered, '2008-03-05', 'O3', 100_000],
      [short, '2008-03-05', 'S2', 100_000],
    ]);
    const charged = await fees(ordered);
    // Due on 8 January, deferred on that day, late for 19 days after 15 February; work injury's rate is assumed.
    expect(charged.map((f) => f.fund).sort()).toEqual([1, 3, 4, 5, 6]);
    for (const f of charged) {
      expect(f).toMatchObject({ days: 19, due: '2008-01-08' });
      expect(f.amount).toBe(Math.round(f.principal * 0.002 * 19));
    }
    expect(await fees(short)).toEqual([]);
    expect(await ends(short)).toEqual([{ missed: 1, endsOn: '2008-02-15', again: false }]);
    await verified();
  });

  it('the second instalment counts, too; kept to the end it never was late', async () => {
    await city.clock('2008-04-01T09:00');
    expect(await listed(kept)).toMatchObject({ deferralEndedOn: '2008-03-31', daysLate: 1 });
    await pay([[kept, '2008-03-31', 'K3', owed - 30_000]]);
    expect(await listed(kept)).toBeUndefined();
    expect(await fees(kept)).toEqual([]);
    await verified();
  });
});

describe('a deferral without instalments', () => {
  it('ends with its day; late days count from then', async () => {
    expect(await listed(whole)).toMatchObject({
      deferredUntil: null,
      deferralEndedOn: null,
      daysLate: 41,
      instalments: null,
    });
    await pay([[whole, '2008-02-25', 'W2', owed]]);
    expect(await fees(whole)).toEqual([]);
    await verified();
  });
});

describe('an agreement after another', () => {
  it('replaces it: their days count once, and the days before the first stay late', async () => {
    await city.run('insurance.close', { month: '2008-02' });
    await city.run('insurance.declare', {
      employer: again,
      month: '2008-03',
      full: true,
      content: roster('2008-03', [{ number: citizen(28), wage: '1800.00' }]),
    });
    await city.run('insurance.assess', { month: '2008-03' });
    const march = await bill(again, '2008-03');
    expect(march.dueDate).toBe('2008-04-04');
    const agree = (until: string, parts?: { dueOn: string; amountFen: number }[]) =>
      city.run('insurance.defer', {
        bill: march.number,
        until,
        ...because,
        ...(parts === undefined ? {} : { instalments: parts }),
      });
    const open = march.lines.reduce((s, l) => s + l.openFen, 0);
    const late = async () => {
      const { rows } = await city.run<Page<UnpaidRow>>('insurance.unpaid', { month: '2008-03' });
      return rows.find((r) => r.code === again);
    };
    await city.clock('2008-04-06T09:00');
    await agree('2008-05-31', [
      { dueOn: '2008-04-20', amountFen: 1000 },
      { dueOn: '2008-05-31', amountFen: open - 1000 },
    ]);
    await city.clock('2008-04-15T09:00');
    await agree('2008-05-10');
    // The first instalment of the replaced agreement is owed no more.
    await city.clock('2008-05-01T09:00');
    expect(await late()).toMatchObject({ daysLate: 2, deferredUntil: '2008-05-10' });
    await city.clock('2008-05-15T09:00');
    // Two days before the first, five after the second.
    expect(await late()).toMatchObject({ daysLate: 7, deferredUntil: null, deferralEndedOn: null });
    await verified();
  });

  it('puts off an order whose day it covers', async () => {
    const bills = await bill(again, '2008-03');
    await city.run('insurance.order-payment', {
      bill: bills.number,
      payBy: '2008-05-20',
      ...because,
    });
    await city.clock('2008-05-18T09:00');
    await city.run('insurance.defer', { bill: bills.number, until: '2008-06-15', ...because });
    await city.clock('2008-06-01T09:00');
    // Ten late days stand (5 and 6 April, 11 to 18 May), the order is not missed yet: nothing is charged.
    const now = await bill(again, '2008-03');
    expect(now.total.lateFeeFen).toBe(0);
    await city.clock('2008-06-20T09:00');
    const after = await bill(again, '2008-03');
    // Fifteen days of all that is open, each fund by itself.
    expect(after.total.lateFeeFen).toBeGreaterThan(Math.round(72_000 * 0.002 * 15));
    await verified();
  });
});
