import { afterEach, describe, expect, it } from 'vitest';
import { actorByLogin } from '../../src/engines/access/index.ts';
import { month, yuan } from '../../src/kernel/index.ts';
import type { DemoAccount } from '../../src/services/city/index.ts';
import type { BillView, UnpaidPage, UploadView } from '../../src/services/insurance/index.ts';
import { simulate, simulateNext } from '../../src/services/simulation/index.ts';
import { bankFile, citizen, refusal, roster, type TestCity, testCity } from './harness.ts';

const options = { seed: 7, scale: 0.001, from: month('2008-01') };
const quiet = (): void => undefined;
const open: TestCity[] = [];

async function city(): Promise<TestCity> {
  const made = await testCity({ at: '2008-01-01T08:00' });
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

const verified = async (of: TestCity) => {
  const { checks } = await of.run<{ checks: { name: string; wrong: number }[] }>(
    'insurance.verify',
    {},
  );
  expect(checks.filter((c) => c.wrong !== 0)).toEqual([]);
};

describe('the simulated city', () => {
  it('is the same for the same seed, month after month, in one go or in two', async () => {
    const one = await city();
    const first = await simulate(one.house, one.operator, { ...options, months: 2 }, quiet);
    expect(first).toMatchObject({ retirees: 136 });
    expect(first.months.map((m) => m.month)).toEqual(['2008-01', '2008-02']);
    expect(first.months[0]!.bills).toBeGreaterThan(10);
    await verified(one);
    const two = await city();
    const begun = await simulate(two.house, two.operator, { ...options, months: 1 }, quiet);
    expect(begun.months).toEqual(first.months.slice(0, 1));
    const next = await simulateNext(two.house, two.operator, month('2008-02'), quiet);
    expect(next).toEqual(first);
    // A month further than the next is not played.
    expect(await simulateNext(two.house, two.operator, month('2008-06'), quiet)).toBeUndefined();
    expect(
      await refusal(simulate(two.house, two.operator, { ...options, seed: 8, months: 1 }, quiet)),
    ).toBe('simulation-differs');
  });

  it('goes on where it was cut off in the middle of a month', async () => {
    const whole = await city();
    const expected = await simulate(whole.house, whole.operator, { ...options, months: 1 }, quiet);
    const cut = await city();
    let told = 0;
    const stop = (): void => {
      told += 1;
      if (told === 9) throw new Error('cut off');
    };
    await expect(
      simulate(cut.house, cut.operator, { ...options, months: 1 }, stop),
    ).rejects.toThrow('cut off');
    expect(await simulate(cut.house, cut.operator, { ...options, months: 1 }, quiet)).toEqual(
      expected,
    );
    await verified(cut);
  });

  it('leaves alone what persons declared and booked themselves', async () => {
    const made = await city();
    await simulate(made.house, made.operator, { ...options, months: 1 }, quiet);
    const { accounts } = await made.run<{ accounts: DemoAccount[] }>('city.open-demo-accounts', {});
    const as = async (role: string) => {
      const { login } = accounts.find((a) => a.role === role)!;
      const actor = await actorByLogin(made.house.store, login);
      const purpose = actor.kind === 'staff' ? ('counter-visit' as const) : ('own-matter' as const);
      return { ...made.operator, actor, purpose };
    };
    const accountant = await as('handler');
    const employer = accounts.find((a) => a.role === 'handler')!.login.toUpperCase();
    const five = [1, 2, 3, 4, 5].map((n) => ({ number: citizen(n), wage: '2000.00' }));
    const content = roster('2008-02', five);
    const file = { employer, month: '2008-02', full: true, fileName: '二月.csv', content };
    const { publicId } = await made.run<UploadView>('insurance.upload', file, accountant);
    await made.run('insurance.confirm-upload', { upload: publicId }, accountant);

    const first = await simulateNext(made.house, made.operator, month('2008-02'), quiet);
    const [, february] = first!.months;
    const bill = await made.run<BillView>('insurance.bill', { employer, month: '2008-02' });
    expect(bill.insurances[0]).toMatchObject({ insurance: 'pension', persons: 5 });
    const kept = await made.run<UploadView>('insurance.upload-view', { upload: publicId });
    expect(kept.state).toBe('confirmed');
    expect(february).toMatchObject({ rostersOfOthers: 1, receiptsOfOthers: 0 });

    // A clerk makes the next month's bills and books a part of each before the simulation comes to pay them.
    await made.clock('2008-03-12T09:00');
    await made.run('insurance.assess', { month: '2008-03' });
    const unpaid = await made.run<UnpaidPage>('insurance.unpaid', {
      month: '2008-03',
      limit: 200,
    });
    const bills = unpaid.rows.filter((r) => r.month === '2008-03');
    expect(bills.length).toBeGreaterThan(10);
    const rows = bills.map((r, i) => ({
      on: '2008-03-12',
      reference: `clerk ${i}`,
      bill: r.billNumber,
      amount: yuan(Math.floor(r.openFen / 2)),
    }));
    await made.run('insurance.collect', { fileName: '三月.csv', content: bankFile(rows) });
    const second = await simulateNext(made.house, made.operator, month('2008-03'), quiet);
    expect(second!.months[2]).toMatchObject({
      declared: 0,
      receipts: 0,
      receiptsOfOthers: rows.length,
    });
    await verified(made);
  });
});
