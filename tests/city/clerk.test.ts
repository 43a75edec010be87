import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nobody, roles } from '../../src/engines/access/index.ts';
import type { Reach } from '../../src/kernel/database/index.ts';
import { type Caller, sumOf, yuan } from '../../src/kernel/index.ts';
import type { CityNow } from '../../src/services/city/index.ts';
import type {
  AgeingView,
  BillView,
  CountyFiguresView,
  EmployerView,
  EntriesView,
  EntryRow,
  MonthView,
  Page,
  StatementView,
  SuspenseRow,
  TrialBalanceView,
  UndeclaredRow,
  UnpaidPage,
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

const january = { month: '2008-01' };
const late = organisation(1);
const unknown = organisation(2);
const deferred = organisation(3);
const silent = organisation(4);
const others = Array.from({ length: 55 }, (_, i) => organisation(100 + i));
const funds = ['pension', 'public-pension', 'medical', 'unemployment', 'injury', 'maternity'];
let city: TestCity;

beforeAll(async () => {
  city = await testCity();
  const registered = [
    [late, '湘江铸造厂', '430407'],
    [unknown, '雁城商场', '430405'],
    [deferred, '石鼓印刷厂', '430407'],
    [silent, '青草桥饭店', '430407'],
    ...others.map((code, i) => [code, `雁峰商店${i}`, '430406']),
  ];
  for (const [code, name, area] of registered)
    await city.run('registry.employer.register', { code, name, area, injuryClass: 2 });
  for (const [i, employer] of [late, unknown, deferred].entries()) {
    await city.run('insurance.declare', {
      employer,
      full: true,
      ...january,
      content: roster('2008-01', [{ number: citizen(2 + i * 2), wage: '1800.00' }]),
    });
  }
});
afterAll(async () => city?.close());

const bill = (employer: string) => city.run<BillView>('insurance.bill', { employer, ...january });
const verified = () => allVerified(city);
/** Somebody with the rights of a role and no others. */
const callerOf = (role: string, kind: 'staff' | 'auditor', reach: Reach): Caller => ({
  actor: {
    ...city.operator.actor,
    kind,
    reach,
    permissions: new Set(roles[role]!.permissions),
  },
  purpose: 'operation',
  language: 'zh',
});
const clerk = (areaLo: number, areaHi: number): Caller =>
  callerOf('collection-clerk', 'staff', { role: 'staff', areaLo, areaHi });
/** A clerk whose eyes end at one county. */
const clerkOf = (county: number): Caller => clerk(county * 1_000_000, county * 1_000_000 + 999_999);
const cityClerk = (): Caller => clerk(430_400_000_000, 430_499_999_999);
const rowsOf = (sql: string) =>
  city.house.store.transaction({ role: 'system' }, (tx) => tx.rows<Record<string, number>>(sql));
const because = { reason: '测试' };

describe('lists of the month', () => {
  it('names who did not declare, page by page, each once', async () => {
    const first = await city.run<Page<UndeclaredRow>>('insurance.undeclared', january);
    expect(first.total).toBe(56);
    expect(first.rows).toHaveLength(50);
    expect(first.rows[0]).toMatchObject({ code: silent, needsClerk: true, provisionalFen: null });
    const second = await city.run<Page<UndeclaredRow>>('insurance.undeclared', {
      ...january,
      cursor: first.next,
    });
    expect(second.next).toBeNull();
    const codes = [...first.rows, ...second.rows].map((r) => r.code);
    expect(codes).toEqual([silent, ...others]);
  });

  it('finds employers by the beginning of their name', async () => {
    const all = await city.run<Page<{ code: string }>>('insurance.employers', { search: '雁峰' });
    expect([all.total, all.rows.length]).toEqual([55, 50]);
    const one = await city.run<Page<object>>('insurance.employers', { search: '湘江' });
    expect(one).toMatchObject({ total: 1, next: null, rows: [{ code: late, persons: 1 }] });
  });

  it('shows a county’s clerk its own employers only', async () => {
    const mine = clerkOf(430405);
    const employers = await city.run<Page<{ code: string }>>('insurance.employers', {}, mine);
    expect(employers.rows.map((r) => r.code)).toEqual([unknown]);
    expect(employers.total).toBe(1);
    const list = await city.run<Page<UndeclaredRow>>('insurance.undeclared', january, mine);
    expect(list).toMatchObject({ total: 0, rows: [] });
    const view = await city.run<MonthView>('insurance.month', january, mine);
    expect(view).toMatchObject({ employers: 1, declared: 1, undeclared: 0 });
  });

  it('says how the month stands before and after the assessment', async () => {
    const before = await city.run<MonthView>('insurance.month', january);
    expect(before).toMatchObject({ state: 'open', employers: 59, declared: 3, undeclared: 56 });
    expect(before.steps.map((s) => s.state)).toEqual([
      'waiting',
      'waiting',
      'blocked',
      'blocked',
      'blocked',
    ]);
    await rowsOf(`insert into run (kind, period, state, done, total)
      values ('assess', 200801, 'running', 3, 9) returning id`);
    const running = await city.run<MonthView>('insurance.month', january);
    expect(running.steps[1]).toMatchObject({ state: 'running', done: 3, total: 9 });
    await rowsOf(`update run set state = 'done' returning id`);
    const { employerFen, employeeFen } = await city.run<Record<string, number>>(
      'insurance.assess',
      january,
    );
    const after = await city.run<MonthView>('insurance.month', january);
    expect(after).toMatchObject({
      state: 'assessed',
      assessedFen: employerFen! + employeeFen!,
      openFen: employerFen! + employeeFen!,
      collectedFen: 0,
      unpaidEmployers: 3,
    });
    expect(after.steps[1]).toMatchObject({ state: 'done', done: 3, at: '2008-01-05T09:00:00' });
    expect(await city.run<MonthView>('insurance.month', { month: '2008-02' })).toMatchObject({
      state: 'future',
      assessedFen: 0,
    });
  });
});

describe('orders and deferrals', () => {
  it('orders only what is overdue, by a day to come', async () => {
    const { number } = await bill(late);
    const order = { bill: number, payBy: '2008-01-25', ...because };
    expect(await refusal(city.run('insurance.order-payment', order))).toBe('bill-not-due');
    await city.clock('2008-01-10T09:00');
    expect(
      await refusal(city.run('insurance.order-payment', { ...order, payBy: '2008-01-10' })),
    ).toBe('day-not-ahead');
    expect(await refusal(city.run('insurance.order-payment', { ...order, bill: '没有' }))).toBe(
      'unknown-bill',
    );
    expect(await refusal(city.run('insurance.order-payment', order, clerkOf(430405)))).toBe(
      'unknown-bill',
    );
    expect(await city.run('insurance.order-payment', order, clerkOf(430407))).toEqual({
      order: '衡社责〔2008〕000001',
      payBy: '2008-01-25',
    });
    await verified();
  });

  it('leaves to whom the whole city is entrusted what is done for all counties at once', async () => {
    const of = { month: '2008-01', content: bankFile([]) };
    const accountant = callerOf('fund-accountant', 'staff', clerkOf(430407).actor.reach);
    for (const command of ['close', 'verify'])
      expect(await refusal(city.run(`insurance.${command}`, of, accountant)), command).toBe(
        'whole-city-only',
      );
    for (const command of ['assess', 'credit', 'collect'])
      expect(await refusal(city.run(`insurance.${command}`, of, clerkOf(430407))), command).toBe(
        'whole-city-only',
      );
  });

  it('defers by instalments that sum to what is open; a deferred bill cannot be ordered', async () => {
    const view = await bill(deferred);
    const open = view.total.payableFen - view.total.lateFeeFen;
    const half = { dueOn: '2008-02-29', amountFen: 10_000 };
    const rest = { dueOn: '2008-03-31', amountFen: open - 10_000 };
    const input = { bill: view.number, until: '2008-03-31', ...because };
    const wrong = [
      [half],
      [half, { ...rest, dueOn: '2008-04-01' }],
      [{ ...half, dueOn: '2008-01-10' }, rest],
    ];
    for (const instalments of wrong)
      expect(await refusal(city.run('insurance.defer', { ...input, instalments }))).toBe(
        'instalments-wrong',
      );
    expect(
      await city.run('insurance.defer', { ...input, instalments: [half, rest] }),
    ).toMatchObject({ until: '2008-03-31', openFen: open });
    const order = { bill: view.number, payBy: '2008-02-25', ...because };
    expect(await refusal(city.run('insurance.order-payment', order))).toBe('bill-not-due');
    await verified();
  });

  it('lists unpaid bills with their order and deferral, a county’s clerk his own', async () => {
    const list = await city.run<Page<UnpaidRow>>('insurance.unpaid', january);
    expect(list.rows.map((r) => [r.code, r.daysLate, r.order, r.deferredUntil])).toEqual([
      [late, 2, { givenOn: '2008-01-10', payBy: '2008-01-25' }, null],
      [unknown, 2, null, null],
      [deferred, 2, null, '2008-03-31'],
    ]);
    const mine = await city.run<Page<UnpaidRow>>('insurance.unpaid', january, clerkOf(430405));
    expect(mine.rows.map((r) => r.code)).toEqual([unknown]);
    expect(mine.total).toBe(1);
    const codes = async (input: object, by = city.operator) => {
      const asked = { ...january, ...input };
      const { rows, total, openFen } = await city.run<UnpaidPage>('insurance.unpaid', asked, by);
      expect([total, openFen]).toEqual([rows.length, sumOf(rows, (r) => r.openFen)]);
      return rows.map((r) => r.code);
    };
    expect(await codes({ state: 'overdue' })).toEqual([late, unknown]);
    expect(await codes({ state: 'to-order' })).toEqual([unknown]);
    expect(await codes({ state: 'ordered' })).toEqual([late]);
    expect(await codes({ state: 'deferred' })).toEqual([deferred]);
    expect(await codes({ area: '430405' })).toEqual([unknown]);
    expect(await codes({ area: '430405' }, clerkOf(430407))).toEqual([]);
    expect(await codes({ search: '石鼓' })).toEqual([deferred]);
    const after = async (cursor: string) =>
      (await city.run<UnpaidPage>('insurance.unpaid', { ...january, cursor })).rows.length;
    expect([await after('73260.0'), await after('73259.0')]).toEqual([3, 0]);
    expect(await refusal(codes({ area: '999999' }))).toBe('unknown-area');
  });

  it('shows one employer with its orders and deferrals to whom its county is given', async () => {
    const view = (employer: string, by = city.operator) =>
      city.run<EmployerView>('insurance.employer', { employer }, by);
    expect(await view(late)).toMatchObject({
      code: late,
      county: '石鼓区',
      category: 'enterprise',
      persons: 1,
      unappliedFen: 0,
      orders: [{ month: '2008-01', givenOn: '2008-01-10', payBy: '2008-01-25' }],
      deferrals: [],
    });
    const { deferrals } = await view(deferred, clerkOf(430407));
    expect(deferrals).toMatchObject([{ month: '2008-01', until: '2008-03-31' }]);
    expect(deferrals[0]!.instalments).toHaveLength(2);
    expect(await refusal(view(late, clerkOf(430405)))).toBe('unknown-employer');
  });

  it('picks who did not declare by county, by name, and by what the clerk must estimate', async () => {
    const found = async (input: object, by = city.operator) => {
      const asked = { ...january, ...input };
      const page = await city.run<Page<UndeclaredRow>>('insurance.undeclared', asked, by);
      return [page.total, page.rows.length];
    };
    expect(await found({ area: '430407' })).toEqual([1, 1]);
    expect(await found({ search: '雁峰商店1' })).toEqual([11, 11]);
    expect(await found({ needsClerk: true })).toEqual([56, 50]);
    expect(await found({ needsClerk: true, search: '青草桥' })).toEqual([1, 1]);
    expect(await found({ search: '青草桥' }, clerkOf(430405))).toEqual([0, 0]);
  });

  it('tells everybody the city and its time, and staff its own area', async () => {
    const now = (by = city.operator) => city.run<CityNow>('city.now', {}, by);
    expect(await now(clerkOf(430405))).toEqual({
      code: '430400',
      name: { zh: '衡阳市', en: 'Hengyang' },
      kind: 'simulated',
      at: '2008-01-10T09:00:00',
      area: { code: '430405', name: '珠晖区' },
    });
    expect((await now(cityClerk())).area).toEqual({ code: '430400', name: '衡阳市' });
    expect((await now({ ...city.operator, actor: nobody })).area).toBeNull();
  });

  it('charges pension 0.2 % a day when the order was missed, nothing within a deferral', async () => {
    await city.clock('2008-01-30T09:00');
    const ageing = await city.run<AgeingView>('insurance.ageing', january);
    expect(ageing.asOf).toBe('2008-01-30');
    expect(
      ageing.rows.map((r) => [r.area, r.employers, r.notDueFen, r.days30Fen, r.totalFen]),
    ).toEqual([
      ['430405', 1, 0, 73_260, 73_260],
      ['430407', 2, 73_260, 73_260, 146_520],
    ]);
    const missed = await bill(late);
    const stays = await bill(deferred);
    const again = { bill: missed.number, until: '2008-03-31', ...because };
    expect(await refusal(city.run('insurance.defer', again))).toBe('order-lapsed');
    expect((await bill(late)).standing.orderMissedOn).toBe('2008-01-25');
    // The two days before the deferral was agreed stay, but no order was given and missed.
    expect(stays.total.lateFeeFen).toBe(0);
    await city.run('insurance.collect', {
      content: bankFile([
        {
          on: '2008-01-30',
          reference: 'A1',
          bill: missed.number,
          amount: yuan(missed.total.payableFen),
        },
        {
          on: '2008-01-30',
          reference: 'D1',
          bill: stays.number,
          // All of it, though only an instalment is due.
          amount: yuan(stays.standing.openFen),
        },
      ]),
    });
    // 22 days after 8 January: 360.00 × 0.2 % × 22 = 15.84; 144.00 × 0.2 % × 22 = 6.336
    expect(
      await rowsOf(`select share::int, days, l.amount from late_fee l join bill b on b.id = l.bill_id
        where b.number = '${missed.number}' and fund = 1 order by share`),
    ).toEqual([
      { share: 1, days: 22, amount: 1584 },
      { share: 2, days: 22, amount: 634 },
    ]);
    expect(
      await rowsOf(`select l.amount from late_fee l join bill b on b.id = l.bill_id
        where b.number = '${stays.number}'`),
    ).toEqual([]);
    expect((await bill(late)).total.payableFen).toBe(0);
    for (const command of ['insurance.order-payment', 'insurance.defer']) {
      const input = { bill: missed.number, payBy: '2008-02-25', until: '2008-02-25', ...because };
      expect(await refusal(city.run(command, input))).toBe('nothing-open');
    }
    await verified();
  });
});

describe('receipts of unknown payers', () => {
  it('waits, is given to its payer once, and pays as of the day it came', async () => {
    const view = await bill(unknown);
    const amount = view.total.payableFen - view.total.lateFeeFen + 5000;
    await city.run('insurance.collect', {
      content: bankFile([
        { on: '2008-01-07', reference: 'U1', payer: '雁城商场', amount: yuan(amount) },
        { on: '2008-01-15', reference: 'U2', payer: '谁', bill: '2008999999', amount: '70.00' },
      ]),
    });
    // Money of unknown payers belongs to the city's desk until its payer is known.
    const county = await city.run<Page<SuspenseRow>>('insurance.suspense', {}, clerkOf(430405));
    expect(county).toEqual({ rows: [], total: 0, next: null });
    const list = await city.run<Page<SuspenseRow>>('insurance.suspense', {}, cityClerk());
    expect(list).toMatchObject({
      total: 2,
      rows: [
        { reference: 'U1', openFen: amount },
        { reference: 'U2', billNumber: '衡社缴〔2008〕999999' },
      ],
    });
    // The payer's name comes first, then who paid from the same account before.
    expect(list.rows.map((r) => r.candidates.map((c) => c.code))).toEqual([
      [unknown, late, deferred],
      [late, deferred],
    ]);
    const receipt = list.rows[0]!.publicId;
    const resolve = { receipt, bill: view.number, ...because };
    const refused = (input: object, by = cityClerk()) =>
      refusal(city.run('insurance.resolve-suspense', input, by));
    expect(await refused(resolve, clerkOf(430405))).toBe('not-found');
    expect(await refused({ ...resolve, bill: '2008888888' })).toBe('unknown-bill');
    expect(await refused({ ...resolve, receipt: 'x' })).toBe('not-found');
    expect(await refused({ ...resolve, employer: unknown })).toBe('input-invalid');
    // Paid on 7 January, before the due day: no late fee, though found on 30 January.
    expect(await city.run('insurance.resolve-suspense', resolve, cityClerk())).toEqual({
      allocatedFen: amount - 5000,
      lateFeeFen: 0,
      creditFen: 5000,
      feesWithoutLaw: [],
    });
    expect(await refused(resolve)).toBe('already-resolved');
    const after = await bill(unknown);
    expect(after.total).toMatchObject({ payableFen: 0, creditFen: 5000, lateFeeFen: 0 });
    expect(after.payments.map((p) => [p.receivedOn, p.reference])).toEqual([['2008-01-07', 'U1']]);
    const left = await city.run<Page<SuspenseRow>>('insurance.suspense', {});
    expect(left.rows.map((r) => r.reference)).toEqual(['U2']);
    await verified();
  });

  it('keeps each area’s books balanced when the payer’s area is another', async () => {
    expect(
      await rowsOf(`select area, book, fund, sum(amount)::bigint as wrong from entry
        group by 1, 2, 3 having sum(amount) <> 0`),
    ).toEqual([]);
    expect(
      await rowsOf(`select account, sum(amount)::bigint as held from entry
        where account in (200101, 200102, 12) group by 1 order by 1`),
    ).toEqual([
      { account: 12, held: -12_000 },
      { account: 200_101, held: -5000 },
      { account: 200_102, held: -7000 },
    ]);
  });

  it('pays back what is not applied and no more', async () => {
    const refund = { employer: unknown, amountFen: 5001, ...because };
    expect(await refusal(city.run('insurance.refund', refund))).toBe('more-than-unapplied');
    expect(await refusal(city.run('insurance.refund', { ...refund, amountFen: 0 }))).toBe(
      'input-invalid',
    );
    expect(await refusal(city.run('insurance.refund', refund, clerkOf(430407)))).toBe(
      'unknown-employer',
    );
    const accountant = callerOf('fund-accountant', 'staff', cityClerk().actor.reach);
    expect(await city.run('insurance.refund', { ...refund, amountFen: 2000 }, accountant)).toEqual({
      refundedFen: 2000,
      leftFen: 3000,
    });
    const both = await Promise.all(
      [1, 2].map(() => refusal(city.run('insurance.refund', { ...refund, amountFen: 3000 }))),
    );
    expect(both.sort()).toEqual(['more-than-unapplied', 'none']);
    expect((await bill(unknown)).total.creditFen).toBe(0);
    await verified();
  });
});

const statement = (fund: string, month: string, caller?: Caller) =>
  city.run<StatementView>('insurance.statement', { fund, month }, caller);
const cellOf = (view: StatementView, key: string) => view.rows.find((r) => r.key === key)!;

describe('statements', () => {
  it('adds up by share, by nature and to the total; every cell by its journal lines', async () => {
    for (const fund of funds) {
      const view = await statement(fund, '2008-01');
      const of = (key: string) => cellOf(view, key).monthFen;
      const parts = fund === 'medical' ? ['pool', 'accounts'] : ['contributions'];
      for (const part of parts) {
        expect(of(`${part}.employer`) + of(`${part}.employee`)).toBe(of(part));
        const natures = ['current', 'arrears', 'back', 'advance'];
        expect(natures.reduce((s, n) => s + of(`${part}.${n}`), 0)).toBe(of(part));
      }
      const other = fund === 'medical' ? 'pool-other-income' : 'other-income';
      expect(parts.reduce((s, p) => s + of(p), 0) + of(other)).toBe(of('income-total'));
      expect(of('closing')).toBe(of('opening') + of('surplus'));
      expect(of('surplus')).toBe(of('income-total') - of('expenditure-total'));
      for (const row of view.rows.filter((r) => r.kind === 'income')) {
        const lines = await city.run<EntriesView>('insurance.entries', {
          fund,
          month: '2008-01',
          row: row.key,
        });
        expect(lines.next).toBeNull();
        expect(lines.rows.reduce((s, l) => s + l.creditFen - l.debitFen, 0)).toBe(row.monthFen);
        expect(lines).toMatchObject({
          opened: { code: null, name: row.label },
          fundName: view.fundName,
          area: view.area,
        });
      }
      // Every cell is the sum of its lines, on its own side: of income, expenditure and the balances, in both columns.
      for (const row of view.rows.filter((r) => r.kind !== 'heading')) {
        for (const [column, fen] of [
          ['month', row.monthFen],
          ['year', row.yearFen],
        ] as const) {
          const behind = { fund, month: '2008-01', row: row.key, column };
          const { amountFen } = await city.run<EntriesView>('insurance.entries', behind);
          expect([fund, row.key, column, amountFen]).toEqual([fund, row.key, column, fen]);
        }
      }
    }
  });

  it('has the pension’s figures: three bills, one late, its fee in other income', async () => {
    const view = await statement('pension', '2008-01');
    expect(cellOf(view, 'contributions').monthFen).toBe(3 * 50_400);
    expect(cellOf(view, 'contributions.employee').monthFen).toBe(3 * 14_400);
    // Late, but within the month that it is for: no arrears of an earlier one.
    expect(cellOf(view, 'contributions.current').monthFen).toBe(3 * 50_400);
    expect(cellOf(view, 'contributions.arrears').monthFen).toBe(0);
    expect(cellOf(view, 'other-income').monthFen).toBe(1584 + 634);
    const mine = await statement('pension', '2008-01', clerkOf(430405));
    expect(cellOf(mine, 'contributions').monthFen).toBe(50_400);
  });

  it('balances both books and agrees with the statement', async () => {
    for (const fund of funds) {
      for (const book of ['statutory', 'receivable']) {
        const view = await city.run<TrialBalanceView>('insurance.trial-balance', {
          fund,
          book,
          ...january,
        });
        expect(view.debitFen).toBe(view.creditFen);
        expect(view.rows.reduce((s, r) => s + r.closingFen, 0)).toBe(0);
        for (const row of view.rows) {
          const of = { fund, book, ...january, row: row.account };
          const { opened, debitFen, creditFen } = await city.run<EntriesView>(
            'insurance.entries',
            of,
          );
          const shown = { code: row.code, name: row.name };
          expect([opened, debitFen, creditFen]).toEqual([shown, row.debitFen, row.creditFen]);
          const before = await city.run<EntriesView>('insurance.entries', {
            ...of,
            column: 'before',
          });
          expect(before.amountFen).toBe(row.openingFen);
        }
      }
    }
    const book = await city.run<TrialBalanceView>('insurance.trial-balance', {
      fund: 'pension',
      ...january,
    });
    const income = book.rows.find((r) => r.account === '400100')!;
    expect(income).toMatchObject({ openingFen: 0, closingFen: -3 * 50_400, code: null });
  });

  it('is the same before and after the month is closed, and opens the next month', async () => {
    const before = await Promise.all(funds.map((f) => statement(f, '2008-01')));
    await city.clock('2008-02-01T09:00');
    await city.run('insurance.close', january);
    for (const [i, fund] of funds.entries()) {
      const view = await statement(fund, '2008-01');
      expect(view).toEqual(before[i]);
      const next = await statement(fund, '2008-02');
      expect(cellOf(next, 'opening')).toMatchObject({
        monthFen: cellOf(view, 'closing').monthFen,
        yearFen: 0,
      });
      expect(cellOf(next, 'income-total')).toMatchObject({
        monthFen: 0,
        yearFen: cellOf(view, 'income-total').monthFen,
      });
      const behind = { fund, month: '2008-02', row: 'income-total' };
      const ofYear = { ...behind, column: 'year' };
      const lines = await city.run<Page<EntryRow>>('insurance.entries', ofYear);
      expect(sumOf(lines.rows, (l) => l.creditFen - l.debitFen)).toBe(
        cellOf(next, 'income-total').yearFen,
      );
      expect(await city.run('insurance.entries', behind)).toMatchObject({ total: 0, rows: [] });
      expect(cellOf(next, 'closing').yearFen).toBe(cellOf(next, 'closing').monthFen);
      const year = await statement(fund, '2009-01');
      expect(cellOf(year, 'income-total').yearFen).toBe(0);
      expect(cellOf(year, 'opening').yearFen).toBe(cellOf(view, 'closing').monthFen);
    }
    await verified();
  });

  it('shows an auditor the same figures, by his own rights', async () => {
    const auditor = callerOf('auditor', 'auditor', { role: 'auditor' });
    for (const query of ['insurance.month', 'insurance.unpaid', 'insurance.by-county'])
      expect(await city.run(query, january, auditor)).toEqual(await city.run(query, january));
    for (const query of ['insurance.statement', 'insurance.trial-balance']) {
      const input = { fund: 'medical', ...january };
      expect(await city.run(query, input, auditor)).toEqual(await city.run(query, input));
    }
    expect(await refusal(city.run('insurance.refund', {}, auditor))).toBe('not-permitted');
  });

  it('counts the insured by county; nothing is left to age', async () => {
    const ageing = await city.run<AgeingView>('insurance.ageing', january);
    expect(ageing).toEqual({ asOf: '2008-01-31', rows: [] });
    const view = await city.run<CountyFiguresView>('insurance.by-county', january);
    expect(view.rows.map((r) => [r.area, r.employers, r.insured.pension])).toEqual([
      ['430405', 1, 1],
      ['430407', 2, 2],
    ]);
    for (const row of view.rows) expect(row.collectedFen).toBe(row.assessedFen);
  });
});
