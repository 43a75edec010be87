import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MindunError, yuan } from '../../src/kernel/index.ts';
import type { BillView, Page, SuspenseRow } from '../../src/services/insurance/index.ts';
import {
  bankFile,
  base64,
  citizen,
  organisation,
  refusal,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';
import { allVerified } from './verified.ts';

const employer = organisation(901);
const worker = citizen(41);
let city: TestCity;

beforeAll(async () => {
  city = await testCity();
  await city.run('registry.employer.register', {
    code: employer,
    name: '湘江铸造厂',
    area: '430407',
    injuryClass: 2,
  });
});
afterAll(async () => city?.close());

const bill = (month: string) => city.run<BillView>('insurance.bill', { employer, month });
const openOf = async (month: string) =>
  (await bill(month)).lines.reduce((s, l) => s + l.openFen, 0);
const declare = (month: string) =>
  city.run('insurance.declare', {
    employer,
    month,
    full: true,
    content: roster(month, [{ number: worker, wage: '1800.00' }]),
  });
const collect = (rows: Parameters<typeof bankFile>[0]) =>
  city.run('insurance.collect', { content: bankFile(rows) });
const step = (name: string, month: string) => refusal(city.run(`insurance.${name}`, { month }));
const verified = () => allVerified(city);
const counted = (table: string) =>
  city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.one<{ n: number }>(`select count(*)::int as n from ${table}`),
  );
const where = (reference: string) =>
  city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.rows<{ period: number; day: string; receipt: number }>(
      `select j.period, j.effective::text as day, r.period as receipt from receipt r
       join entry e on e.receipt_id = r.id join journal j on j.id = e.journal_id
       where r.reference = $1 group by 1, 2, 3`,
      [reference],
    ),
  );

describe('the steps of a month', () => {
  it('are refused for a month that is not the open one', async () => {
    await declare('2008-01');
    for (const name of ['assess', 'credit', 'close']) {
      expect([name, await step(name, '2008-02')]).toEqual([name, 'month-not-next']);
      expect([name, await step(name, '2007-12')]).toEqual([name, 'month-not-next']);
    }
    expect(await refusal(declare('2008-02'))).toBe('month-not-next');
    expect(await step('assess', '2008-13')).toBe('month-impossible');
  });

  it('are refused out of their order', async () => {
    expect(await step('credit', '2008-01')).toBe('not-assessed');
    expect(await step('close', '2008-01')).toBe('not-assessed');
    await city.run('insurance.assess', { month: '2008-01' });
    expect(await refusal(declare('2008-01'))).toBe('already-assessed');
    expect(await step('assess', '2008-02')).toBe('month-not-next');
    await verified();
  });

  it('of a closed month answer what was done and change nothing', async () => {
    await city.clock('2008-02-01T09:00');
    const closed = await city.run('insurance.close', { month: '2008-01' });
    const before = await Promise.all(['journal', 'entry', 'bill', 'month_step'].map(counted));
    expect(await city.run('insurance.close', { month: '2008-01' })).toEqual(closed);
    expect(await step('assess', '2008-01')).toBe('none');
    expect(await step('credit', '2008-01')).toBe('none');
    expect(await Promise.all(['journal', 'entry', 'bill', 'month_step'].map(counted))).toEqual(
      before,
    );
    expect(await refusal(declare('2008-01'))).toBe('month-closed');
    await verified();
  });
});

describe('money for a month that is closed', () => {
  it('pays its bill, and stands in the open month’s books with the day on which it came', async () => {
    const { number } = await bill('2008-01');
    const open = await openOf('2008-01');
    const statement = { fund: 'pension', month: '2008-01' };
    const january = await city.run('insurance.statement', statement);
    // One came in January and its file only now, the other came in February.
    await collect([
      { on: '2008-01-07', reference: 'M1', bill: number, amount: yuan(open - 5000) },
      { on: '2008-02-01', reference: 'M2', bill: number, amount: '50.00' },
      { on: '2008-01-08', reference: 'M3', payer: '谁', amount: '9.00' },
    ]);
    expect(await openOf('2008-01')).toBe(0);
    expect(await where('M1')).toEqual([{ period: 200802, day: '2008-01-07', receipt: 200802 }]);
    expect(await where('M2')).toEqual([{ period: 200802, day: '2008-02-01', receipt: 200802 }]);
    expect(await where('M3')).toEqual([{ period: 200802, day: '2008-01-08', receipt: 200802 }]);
    expect(await city.run('insurance.statement', statement)).toEqual(january);
    const later = await city.run<{ rows: { key: string; monthFen: number }[] }>(
      'insurance.statement',
      { ...statement, month: '2008-02' },
    );
    expect(later.rows.find((r) => r.key === 'contributions')!.monthFen).toBe(50_400);
    await verified();
  });

  it('of an unknown payer is given to its payer after another month was closed', async () => {
    await declare('2008-02');
    await city.run('insurance.assess', { month: '2008-02' });
    await city.clock('2008-03-01T09:00');
    await city.run('insurance.close', { month: '2008-02' });
    const { rows } = await city.run<Page<SuspenseRow>>('insurance.suspense', {});
    await city.run('insurance.resolve-suspense', {
      receipt: rows[0]!.publicId,
      employer,
      reason: '测试',
    });
    // What was found stands in the open month, on the day on which the money came.
    const found = await where('M3');
    expect(found.map((w) => w.period)).toEqual([200802, 200803]);
    expect(new Set(found.map((w) => w.day)).size).toBe(1);
    await verified();
  });
});

describe('what a payer wrote as bill number', () => {
  it('waits with its receipt as it was written, and with why it names no bill', async () => {
    const rows = ['', '2008-000001 2008-000002', '9999-000001', '2008-999999'].map((bill, i) => ({
      ...{ on: '2008-03-01', reference: `W${i}`, bill, amount: '1.00' },
    }));
    await collect(rows);
    const waiting = await city.run<Page<SuspenseRow>>('insurance.suspense', { search: 'W' });
    expect(waiting.rows.map((r) => [r.billText, r.billNumber, r.reason.zh])).toEqual([
      ['', null, '没有写账单号'],
      ['2008-000001 2008-000002', null, '写的账单号认不出是哪一张缴费单'],
      ['9999-000001', null, '写的账单号认不出是哪一张缴费单'],
      ['2008-999999', '衡社缴〔2008〕999999', '账单号对不上'],
    ]);
    await verified();
  });
});

describe('payments that come twice', () => {
  it('under one reference refuse the whole file, each by its line', async () => {
    const { number } = await bill('2008-02');
    const row = { on: '2008-03-01', bill: number, amount: '10.00' };
    const before = await counted('receipt');
    expect(
      await refusal(
        collect([
          { ...row, reference: 'D1' },
          { ...row, reference: 'D1' },
        ]),
      ),
    ).toBe('duplicate-payment');
    expect(
      await refusal(
        collect([
          { ...row, reference: 'D2' },
          { ...row, reference: 'M1' },
        ]),
      ),
    ).toBe('duplicate-payment');
    // What stands in the file and what the books say of it are told together.
    const together = await city
      .run('insurance.collect', {
        content: bankFile([
          { ...row, reference: 'M1' },
          { ...row, reference: 'D4', amount: '0' },
          { ...row, reference: 'D5', on: '2030-01-01' },
        ]),
      })
      .catch((error: MindunError) => error.faults('en').map((f) => `${f.line} ${f.code}`));
    expect(together).toEqual([
      '2 duplicate-payment',
      '3 amount-not-positive',
      '4 receipt-in-future',
    ]);
    for (const amount of ['0', '0.00', '-10.00', '(10.00)'])
      expect(await refusal(collect([{ ...row, reference: 'D3', amount }]))).not.toBe('none');
    expect(await counted('receipt')).toEqual(before);
    await verified();
  });

  it('are refused by line on a day before the books; before the bill that they name they wait', async () => {
    const { number } = await bill('2008-02');
    const row = { bill: number, amount: '10.00' };
    const refused = await collect([
      { ...row, on: '1990-03-01', reference: 'E1' },
      { on: '2007-12-31', amount: '10.00', reference: 'E2' },
      { ...row, on: '2008-01-31', reference: 'E3' },
    ]).catch((error: MindunError) =>
      error.faults('zh').map((f) => `${f.line} ${f.column} ${f.code} ${f.value}`),
    );
    expect(refused).toEqual([
      '2 收款日期 receipt-before-books 1990-03-01',
      '3 收款日期 receipt-before-books 2007-12-31',
    ]);
    const taken = await collect([{ ...row, on: '2008-01-31', reference: 'E3' }]);
    expect(taken).toMatchObject({ receipts: 1, suspense: 1, suspenseFen: 1000 });
    const { rows } = await city.run<Page<SuspenseRow>>('insurance.suspense', {});
    const waits = rows.find((r) => r.reference === 'E3')!;
    expect(waits.reason.zh).toBe('收款那天还没有这张缴费单，单号可能写错了');
  });

  it('under two references are both taken: what is over stays the employer’s', async () => {
    const { number } = await bill('2008-02');
    const open = await openOf('2008-02');
    const row = { on: '2008-02-03', bill: number, amount: yuan(open) };
    const answer = await collect([
      { ...row, reference: 'D4' },
      { ...row, reference: 'D5' },
    ]);
    // The 50.00 for January came late, but without an order that was missed no fee is due before July 2011.
    expect(answer).toMatchObject({
      receipts: 2,
      matched: 2,
      allocatedFen: open,
      lateFeeFen: 0,
      creditFen: open,
    });
    expect((await bill('2008-02')).total).toMatchObject({ payableFen: 0, creditFen: open });
    await verified();
  });

  it('in one file sent twice at once are taken once', async () => {
    const { number } = await bill('2008-02');
    const content = bankFile([
      { on: '2008-03-01', reference: 'D6', bill: number, amount: '10.00' },
    ]);
    const answers = await Promise.all(
      [1, 2].map(() => city.run<{ receipts: number }>('insurance.collect', { content })),
    );
    expect(answers.map((a) => a.receipts).sort()).toEqual([0, 1]);
    await verified();
  });

  it('in two files at once for one bill pay it once: what is over stays the employer’s', async () => {
    const second = organisation(902);
    const month = '2008-03';
    await city.run('registry.employer.register', {
      code: second,
      name: '雁城商场',
      area: '430405',
      injuryClass: 1,
    });
    await city.run('insurance.declare', {
      employer: second,
      month,
      full: true,
      content: roster(month, [{ number: citizen(43), wage: '1800.00' }]),
    });
    await city.run('insurance.assess', { month });
    const its = () => city.run<BillView>('insurance.bill', { employer: second, month });
    const { number, total } = await its();
    const open = total.payableFen;
    const files = ['D8', 'D9'].map((reference) =>
      bankFile([{ on: '2008-03-01', reference, bill: number, amount: yuan(open) }]),
    );
    const answers = await Promise.all(
      files.map((content) =>
        city.run<{ allocatedFen: number; creditFen: number }>('insurance.collect', { content }),
      ),
    );
    expect(answers.map((a) => a.allocatedFen).sort()).toEqual([0, open]);
    expect((await its()).total).toMatchObject({ payableFen: 0, creditFen: open });
    await verified();
  });

  it('in two files at once under one reference are taken once', async () => {
    const { number } = await bill('2008-02');
    const file = (name: string) => ({
      fileName: name,
      content: bankFile([
        { on: '2008-03-01', reference: 'D7', payer: name, bill: number, amount: '10.00' },
      ]),
    });
    const codes = await Promise.all(
      ['甲', '乙'].map((name) => refusal(city.run('insurance.collect', file(name)))),
    );
    expect(codes.sort()).toEqual(['duplicate-payment', 'none']);
    await verified();
  });
});

describe('a statement of the bank', () => {
  const statement = (...entries: string[]) =>
    base64(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S9</Id>
      ${entries.join('\n')}</Stmt></BkToCstmrStmt></Document>`);
  const entry = (reference: string, amount: string, bill: string, more = '') =>
    `<Ntry><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${more === 'DBIT' ? 'DBIT' : 'CRDT'}</CdtDbtInd>
     ${more === '' ? '' : '<RvslInd>true</RvslInd>'}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2008-03-01</Dt></BookgDt>
     <AcctSvcrRef>${reference}</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>${bill}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;

  it('books nothing of a file in which a receipt was taken back, unless it is the file’s own', async () => {
    const { number } = await bill('2008-02');
    const before = await counted('receipt');
    const content = statement(entry('R1', '5.00', number), entry('D4', '7.00', number, 'DBIT'));
    expect(await refusal(city.run('insurance.collect', { content }))).toBe('receipt-reversed');
    expect(await counted('receipt')).toEqual(before);
    const own = statement(
      entry('R1', '5.00', number),
      entry('R2', '7.00', number),
      entry('R2', '7.00', number, 'DBIT'),
    );
    expect(await city.run('insurance.collect', { content: own })).toMatchObject({
      receipts: 1,
      amountFen: 500,
      passedOver: 2,
    });
    await verified();
  });

  it('is taken without a receipt of it: of outgoing money alone, or of a receipt and its own return', async () => {
    const { number } = await bill('2008-02');
    const debit = entry('R4', '3.00', number).replace('CRDT', 'DBIT');
    const pending = entry('R5', '3.00', number).replace('BOOK', 'PDNG');
    const returned = [entry('R6', '7.00', number), entry('R6', '7.00', number, 'DBIT')];
    for (const [entries, passedOver] of [
      [[debit], 1],
      [[debit, pending], 2],
      [returned, 2],
    ] as const) {
      const content = statement(...entries);
      const taken = await city.run('insurance.collect', { content });
      expect(taken).toMatchObject({ receipts: 0, amountFen: 0, passedOver });
      await verified();
    }
  });

  it('names its own elements where the books refuse an entry', async () => {
    const day = (text: string, on: string) => text.replace('2008-03-01', on);
    const content = statement(
      day(entry('M1', '5.00', ''), '2030-01-01'),
      day(entry('R9', '5.00', ''), '1990-03-01'),
    );
    const faults = await city
      .run('insurance.collect', { content })
      .catch((error: MindunError) => error.faults('zh').map((f) => `${f.column} ${f.code}`));
    expect(faults).toEqual([
      'BookgDt receipt-in-future',
      'AcctSvcrRef duplicate-payment',
      'BookgDt receipt-before-books',
    ]);
  });

  it('keeps money that was paid out and came back in suspense, whatever bill is written on it', async () => {
    const { number } = await bill('2008-02');
    const content = statement(entry('R3', '11.00', number, 'CRDT'));
    expect(await city.run('insurance.collect', { content })).toMatchObject({
      matched: 0,
      suspense: 1,
      suspenseFen: 1100,
    });
    const { rows } = await city.run<Page<SuspenseRow>>('insurance.suspense', {});
    expect(rows.find((r) => r.reference === 'R3')!.reason.zh).toBe('付出的款被退回');
    await verified();
  });
});
