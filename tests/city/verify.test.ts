import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { singleClient } from '../../src/kernel/database/connect.ts';
import { roleName } from '../../src/kernel/database/names.ts';
import { transactionOn } from '../../src/kernel/database/tx.ts';
import { dateOf, type QueryContext, yuan } from '../../src/kernel/index.ts';
import type { BillView, Check } from '../../src/services/insurance/index.ts';
import { verifyQuery } from '../../src/services/insurance/index.ts';
import {
  bankFile,
  base64,
  citizen,
  organisation,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';
import { sealedPlants } from './sealed-plants.ts';

const [late, good, silent] = [organisation(71), organisation(72), organisation(73)] as const;
const persons = [2, 4, 6, 8, 10].map((n) => citizen(n)) as [string, string, string, string, string];
let city: TestCity;
let owner: pg.Client;

const declare = (employer: string, month: string, wages: readonly [string, string][]) =>
  city.run('insurance.declare', {
    employer,
    month,
    full: true,
    content: roster(
      month,
      wages.map(([number, wage]) => ({ number, wage })),
    ),
  });
const bill = (employer: string, month: string) =>
  city.run<BillView>('insurance.bill', { employer, month });
const open = async (employer: string, month: string) => {
  const { number, lines } = await bill(employer, month);
  return { number, fen: lines.reduce((s, l) => s + l.openFen, 0) };
};
let reference = 0;
const pay = async (on: string, number: string, fen: number) => {
  reference += 1;
  const row = { on, reference: `V${reference}`, bill: number, amount: yuan(fen) };
  await city.run('insurance.collect', { content: bankFile([row]) });
};

/** Two years of pension account and one of medical, whose money stands in the ledger. */
async function takeOver(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-verify-'));
  const files: Readonly<Record<string, readonly string[]>> = {
    'persons.csv': ['number,name,residence,area', `${persons[0]},张三,urban,430407`],
    'balances.csv': [
      'number,insurance,year,opening,credited,interest,paidOut,closing',
      `${persons[0]},pension,2006,0.00,1000.00,10.00,0.00,1010.00`,
      `${persons[0]},pension,2007,1010.00,1000.00,30.00,0.00,2040.00`,
      `${persons[0]},medical,2007,0.00,300.00,0.00,100.00,200.00`,
    ],
    'ledger.csv': [
      'fund,account,area,amount',
      'medical,100300,430407,200.00',
      'medical,300102,430407,-200.00',
    ],
    'totals.csv': [
      'table,area,insurance,year,item,count,amount',
      'persons,430407000000,,,,1,',
      ...[
        [
          'pension,2006',
          'opening,1,0.00',
          'credited,1,1000.00',
          'interest,1,10.00',
          'paidOut,1,',
          'closing,1,1010.00',
        ],
        [
          'pension,2007',
          'opening,1,1010.00',
          'credited,1,1000.00',
          'interest,1,30.00',
          'paidOut,1,',
          'closing,1,2040.00',
        ],
        [
          'medical,2007',
          'opening,1,0.00',
          'credited,1,300.00',
          'interest,1,',
          'paidOut,1,100.00',
          'closing,1,200.00',
        ],
      ].flatMap(([of, ...items]) => items.map((item) => `balances,430407000000,${of},${item}`)),
      'ledger,430407000000,medical,,100300.debit,1,200.00',
      'ledger,430407000000,medical,,300102.credit,1,200.00',
    ],
  };
  for (const [file, lines] of Object.entries(files))
    writeFileSync(path.join(folder, file), `${lines.join('\n')}\n`);
  await city.run('insurance.take-over', { folder });
  rmSync(folder, { recursive: true });
}

async function january(): Promise<void> {
  for (const [code, area] of [
    [late, '430407'],
    [good, '430405'],
    [silent, '430406'],
  ] as const)
    await city.run('registry.employer.register', { code, name: code, area, injuryClass: 2 });
  await city.run('insurance.rate-employer', {
    employer: good,
    kind: 'injury-float',
    value: '0.8',
    from: '2008-01',
    document: '衡工伤〔2008〕3号',
  });
  const content = roster('2008-01', [
    { number: persons[0], wage: '1800' },
    { number: persons[1], wage: '2600' },
  ]);
  const upload = { employer: late, month: '2008-01', full: true, content };
  const { publicId } = await city.run<{ publicId: string }>('insurance.upload', upload);
  await city.run('insurance.confirm-upload', { upload: publicId });
  await declare(good, '2008-01', [
    [persons[2], '2000'],
    [persons[3], '2200'],
  ]);
  await declare(silent, '2008-01', [[persons[4], '1500']]);
  await city.clock('2008-01-06T09:00');
  await city.run('insurance.assess', { month: '2008-01' });
  await city.clock('2008-01-25T09:00');
  await pay('2008-01-20', (await bill(late, '2008-01')).number, 40_000);
  for (const employer of [good, silent]) {
    const { number, fen } = await open(employer, '2008-01');
    await pay('2008-01-08', number, fen);
  }
  await pay('2008-01-21', '', 7700);
  const debit = '<Ntry><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>';
  await city.run('insurance.collect', {
    fileName: 'nothing came in',
    content: base64(
      `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>${debit}</Stmt></BkToCstmrStmt></Document>`,
    ),
  });
  await city.run('insurance.credit', { month: '2008-01' });
  await city.run('insurance.order-payment', {
    bill: (await bill(late, '2008-01')).number,
    payBy: '2008-02-10',
    reason: '逾期未缴',
  });
  await city.run('registry.person.payout-account', {
    person: persons[2],
    bank: '中国工商银行衡阳分行',
    number: '6222 0202 0001 2345 674',
  });
  await city.run('insurance.certificate.issue', { employer: good, from: '2008-01', to: '2008-01' });
  await city.clock('2008-02-01T09:00');
  await city.run('insurance.close', { month: '2008-01' });
}

/** One employer does not declare; wages of January are corrected, one up, one down. */
async function february(): Promise<void> {
  await declare(late, '2008-02', [[persons[0], '1900']]);
  await declare(good, '2008-02', [[persons[2], '2000']]);
  for (const [employer, person, wageFen] of [
    [late, persons[0], 200_000],
    [good, persons[3], 210_000],
  ] as const) {
    const months = ['2008-01'];
    const reason = '工资表抄错';
    await city.run('insurance.correct-wage', { employer, person, months, wageFen, reason });
  }
  await city.clock('2008-02-05T09:00');
  await city.run('insurance.assess', { month: '2008-02' });
  await city.clock('2008-02-20T09:00');
  const { number, fen } = await open(silent, '2008-02');
  await pay('2008-02-07', number, fen - 5000);
  await city.run('insurance.credit', { month: '2008-02' });
  await city.clock('2008-03-01T09:00');
  await city.run('insurance.close', { month: '2008-02' });
}

/** What was provisional is declared; the month stays open. */
async function march(): Promise<void> {
  await city.run('insurance.declare-late', {
    employer: silent,
    month: '2008-02',
    content: roster('2008-02', [{ number: persons[4], wage: '1500' }]),
    reason: '补报',
  });
  await declare(good, '2008-03', [[persons[2], '2000']]);
  await declare(late, '2008-03', [
    [persons[0], '1900'],
    [persons[1], '2600'],
  ]);
  await city.clock('2008-03-05T09:00');
  await city.run('insurance.assess', { month: '2008-03' });
  await city.clock('2008-03-20T09:00');
  const { number, fen } = await open(late, '2008-01');
  await pay('2008-03-18', number, fen - 1000);
  await city.run('insurance.credit', { month: '2008-03' });
}

beforeAll(async () => {
  city = await testCity();
  await takeOver();
  await january();
  await february();
  await march();
  owner = await singleClient(city.server.connection, '430400');
  await owner.query(`begin; set local role ${roleName('430400', 'owner')}`);
  for (const table of ['posting', 'journal', 'spell', 'person_fact'])
    await owner.query(`alter table ${table} disable trigger user`);
}, 300_000);
afterAll(async () => {
  await owner?.end();
  await city?.close();
});

const none = (): Promise<never> => Promise.reject(new Error('not asked of a check'));

/** The checks as they come out in the owner's own transaction, where what was planted is seen and nobody else sees it. */
async function verify(): Promise<Check[]> {
  const tx = transactionOn(owner, '430400', 'system');
  const at = await city.house.at(tx);
  const context: QueryContext = {
    city: city.house.city,
    sealed: city.house.sealed,
    tx,
    caller: city.operator,
    at,
    today: dateOf(at),
    elevate: (work) => work(),
    aside: (work) => work(tx),
    ask: none,
    looked: () => undefined,
  };
  return (await verifyQuery.run(context, {})).checks;
}

const section = (employer: string, period: number, kind: number) =>
  `period = ${period} and kind = ${kind} and employer_id = (select employer_id from employer_code where code = '${employer}')`;
const employerId = (code: string) =>
  `(select employer_id from employer_code where code = '${code}')`;
const personId = (number: string) =>
  `(select person_id from person_fact where number = '${number}')`;
const forged = (entries: string) =>
  `insert into journal select 900000, 900000, '2008-03-20', 200803, 'correct', 'forged', '', min(id) from act;
   insert into posting select 900000, 1, 2, 200803, area, employer_id, id, 200803, null, ${entries} from bill
     where employer_id = ${employerId(good)} and period = 200803`;

/** What the database's owner writes past every rule, and exactly which checks fail of it. */
const plants: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'batch of the audit trail',
    `insert into audit_batch values (1, 'act', 202601, '0', '1', 1, sha256(''), sha256(''))`,
    ['audit-trail'],
  ],
  [
    'base of a person’s month',
    `update person_month set base = base + 1 where period = 200803 and person_id = ${personId(persons[2])}`,
    ['person-months-reproduce'],
  ],
  [
    'amount of a person’s month that was corrected',
    `update person_month set pension_employer = pension_employer + 1 where period = 200801 and assessment = 1
       and person_id = ${personId(persons[0])}`,
    ['bills-equal-persons', 'person-months-reproduce'],
  ],
  [
    'category of a person’s month',
    `update person_month set category = 4 where period = 200803 and person_id = ${personId(persons[2])}`,
    ['person-months-reproduce'],
  ],
  [
    'a person’s month on nobody’s bill',
    `update person_month set area = 430407000000 where period = 200803 and person_id = ${personId(persons[2])}`,
    ['person-months-have-bills'],
  ],
  [
    'wage of a roster',
    `update roster_line set wage = wage + 10000 where period = 200803 and person_id = ${personId(persons[2])}`,
    ['bill-lines-reproduce', 'declarations-equal-rosters', 'person-months-reproduce'],
  ],
  [
    'wage of a declaration',
    'update declaration set wage_fen = wage_fen + 1 where period = 200803',
    ['declarations-equal-rosters'],
  ],
  [
    'versions of an assessment',
    "update assessment set versions = jsonb_set(versions, '{0,value}', '\"0.5\"') where fee_period = 200803",
    ['assessments-reproduce'],
  ],
  [
    'persons of a bill',
    `update bill_section set persons[1] = persons[1] + 1 where ${section(good, 200803, 1)}`,
    ['bill-lines-reproduce'],
  ],
  [
    'account part of a bill line',
    `update bill_section set accounts[1] = accounts[1] + 1, accounts[2] = accounts[2] - 1 where ${section(good, 200803, 1)}`,
    ['bill-lines-reproduce', 'bills-equal-persons'],
  ],
  [
    'provisional amount',
    `update bill_section set amounts[1] = amounts[1] + 1 where ${section(silent, 200802, 2)}`,
    ['bills-equal-persons', 'claims-equal-bills', 'claims-paid-equal-income'],
  ],
  [
    'line that settles a provisional amount',
    `update bill_section set amounts[1] = amounts[1] - 1 where ${section(silent, 200803, 3)}`,
    ['bills-equal-persons', 'claims-paid-equal-income', 'paid-months-covered'],
  ],
  [
    'roster of an employer that was billed provisionally',
    `insert into declaration (public_id, period, employer_id, area, kind, rows, wage_fen, bill_period, act)
     select 'forged', 200802, id, area, 'changes', 0, 0, 200802, act from employer where id = ${employerId(silent)}`,
    ['person-months-reproduce', 'provisional-only-undeclared'],
  ],
  [
    'due date of a bill',
    `update bill set due_on = due_on + 1 where period = 200803 and employer_id = ${employerId(good)}`,
    ['due-dates-reproduce'],
  ],
  [
    'number of a bill',
    `update bill set number = '衡社缴〔2008〕000999' where period = 200803 and employer_id = ${employerId(good)}`,
    ['numbers-without-gap'],
  ],
  [
    'number of an order',
    "update pay_order set number = '衡社责〔2008〕000002'",
    ['numbers-without-gap'],
  ],
  [
    'a month that is not paid',
    `insert into paid_change (employer_id, fee_period, bill_id, area, funds, paid, since, act)
     select employer_id, fee_period, bill_id, area, funds, not paid, since, act from paid_change
     where employer_id = ${employerId(good)} and fee_period = 200801 order by id desc limit 1`,
    ['months-paid-agree'],
  ],
  [
    'months told as paid for which money is owed',
    `insert into paid_change (employer_id, fee_period, bill_id, area, funds, paid, since, act)
     select employer_id, fee_period, bill_id, max(area), array_agg(distinct fund), true, '2008-03-20', (select min(act) from bill)
     from receivable_now where account = 1 and amount > 0 group by 1, 2, 3`,
    ['months-paid-agree', 'paid-months-covered'],
  ],
  [
    'an act that is gone',
    'delete from act where id = (select min(act) from declaration)',
    ['acts-recorded'],
  ],
  [
    'day of a receipt',
    "update receipt set received_on = received_on - 1 where amount = 7700 or reference = 'V2'",
    ['receipts-dated-as-booked'],
  ],
  [
    'amount of a bank file',
    'update bank_file set amount = amount + 1',
    ['bank-files-equal-receipts'],
  ],
  [
    'amount of a bank file without a receipt',
    "update bank_file set amount = 1 where name = 'nothing came in'",
    ['bank-files-equal-receipts'],
  ],
  [
    'receipts of a bank file without a receipt',
    "update bank_file set receipts = 1 where name = 'nothing came in'",
    ['bank-files-equal-receipts'],
  ],
  [
    'amount of a receipt',
    "update receipt set amount = amount + 1 where reference = 'V2'",
    ['bank-files-equal-receipts', 'receipts-booked-once'],
  ],
  [
    'balance of an old month',
    'update balance set closing = closing + 1 where period = 200801 and book = 1 and fund = 1 and account = 100300',
    ['balances-equal-entries'],
  ],
  [
    'money left in the income account',
    'update balance set debit = debit + 1, closing = closing + 1 where period = 200801 and book = 1 and fund = 1 and account = 100200',
    ['balances-equal-entries', 'income-accounts-swept'],
  ],
  [
    'a balance that is gone',
    'delete from balance where period = 200802 and book = 2 and fund = 4',
    ['balances-equal-entries'],
  ],
  [
    'what an employer owed at the end of an old month',
    'update receivable_balance set amounts[1] = amounts[1] + 1 where period = 200801',
    ['receivable-balances-equal-entries'],
  ],
  [
    'what an employer owed is gone',
    'delete from receivable_balance where period = 200801',
    ['receivable-balances-equal-entries'],
  ],
  [
    'a determination emptied',
    "update determination set outputs = '{}', versions = '[]' where kind = 'late-fee'",
    ['late-fees-determined'],
  ],
  [
    'the day that a back payment is late by',
    'update bill_section set late_from = late_from - 30 where late_from is not null',
    ['back-payments-late-by-month'],
  ],
  ['days of a late fee', 'update late_fee set days = days + 1', ['late-fees-reproduce']],
  [
    'amount of a late fee',
    'update late_fee set amount = amount + 1',
    ['late-fees-agree', 'late-fees-reproduce'],
  ],
  [
    'a whole account credit',
    'update account_credit set amount = amount + 1 where whole and fund = 1 and fee_period = 200801',
    ['credits-equal-persons'],
  ],
  [
    'a whole medical credit',
    'update account_credit set amount = amount + 1 where id = (select min(id) from account_credit where whole and fund = 3)',
    ['credits-equal-persons', 'medical-accounts-agree'],
  ],
  [
    'a credit that did not come in',
    `delete from account_credit where fund = 1 and fee_period = 200801 and employer_id = ${employerId(good)}`,
    ['credits-equal-received'],
  ],
  [
    'a part credit',
    `update account_credit set amount = amount - 1 where id = (select min(id) from account_credit where not whole)`,
    ['credits-equal-persons', 'credits-equal-shares'],
  ],
  [
    'money moved from account to account',
    `update account_credit_share set amount = amount + case when person_id = (select min(person_id) from account_credit_share
         where credit_id = s.credit_id) then 1 else -1 end
       from (select credit_id from account_credit_share group by 1 having count(*) = 2 order by 1 limit 1) s
       where account_credit_share.credit_id = s.credit_id`,
    ['credits-equal-received', 'credits-within-parts'],
  ],
  [
    'opening and closing of an account’s year',
    'update account_year set opening = opening + 100, closing = closing + 100 where year = 2007 and fund = 1',
    ['account-years-continue', 'books-as-taken-over'],
  ],
  [
    'what was paid out of an account',
    'update account_year set paid_out = paid_out + 100, credited = credited + 100 where year = 2007 and fund = 3',
    ['books-as-taken-over'],
  ],
  [
    'a year of an account that is gone',
    'update account_year set year = 2005 where year = 2006',
    ['account-years-continue', 'books-as-taken-over'],
  ],
  ['a forged write-off', forged("'{1110,24100}', '{-1,1}'"), ['claims-paid-equal-income']],
  [
    'a claim paid twice over',
    forged("'{1110,24100}', '{-90000000,90000000}'"),
    ['claims-paid-equal-income', 'no-claim-overpaid'],
  ],
  [
    'an entry without its twin',
    forged("'{24100}', '{1}'"),
    ['ledger-balanced', 'receivable-balances-by-employer'],
  ],
  [
    'an employer’s entry whose twin is nobody’s',
    `${forged("'{24100}', '{1}'")};
     insert into posting select 900000, 2, 2, 200803, area, null, null, 200803, null, '{24100}', '{-1}' from bill
       where employer_id = ${employerId(good)} and period = 200803`,
    ['receivable-balances-by-employer'],
  ],
  ['cash in one book only', forged("'{22100,24100}', '{1,-1}'"), ['books-agree-on-cash']],
  ['unapplied money in one book only', forged("'{12100,24100}', '{-1,1}'"), ['unapplied-agrees']],
  [
    'a journal without entries',
    "insert into journal select 900001, 900001, '2008-03-20', 200803, 'correct', 'forged', '', min(id) from act",
    ['entries-have-journals'],
  ],
  [
    'a posting into a closed month',
    `insert into journal select 900000, 900000, '2008-01-20', 200801, 'correct', 'forged', '', min(id) from act;
     insert into posting select 900000, 1, 1, 200801, area, null, null, null, null, '{100300100,100400100}', '{1,-1}' from area
       join employer on employer.area = area.key where employer.id = ${employerId(good)}`,
    ['balances-equal-entries'],
  ],
  [
    'a lock that is gone',
    'delete from period_lock where period = 200801',
    ['period-locks-continuous'],
  ],
  [
    'an enrolment that overlaps',
    `insert into spell (person_id, employer_id, area, category, schemes, valid, known)
     select person_id, employer_id, area, category, schemes, daterange(lower(valid), lower(valid) + 40), known from spell
     where upper_inf(valid) and upper_inf(known) limit 1`,
    ['spells-do-not-overlap'],
  ],
  [
    'two facts of one person',
    `insert into person_fact (person_id, area, name, initials, number, birth, sex, residence, valid, known)
     select person_id, area, name, initials, number, birth, sex, residence, daterange(lower(valid), lower(valid) + 9), known
     from person_fact limit 1`,
    ['person-facts-do-not-overlap'],
  ],
  [
    'two facts of one employer',
    `alter table employer_fact drop constraint employer_fact_once;
     insert into employer_fact (employer_id, area, name, initials, injury_class, category, valid, known)
     select employer_id, area, name, initials, injury_class, category, valid, known from employer_fact limit 1`,
    ['employer-facts-do-not-overlap'],
  ],
  [
    'two codes of one employer',
    `alter table employer_code drop constraint employer_code_once;
     insert into employer_code (employer_id, area, kind, code, valid, known)
     select employer_id, area, kind, code || 'x', valid, known from employer_code limit 1`,
    ['employer-codes-do-not-overlap'],
  ],
  [
    'two ratings of one employer',
    `alter table employer_rating drop constraint employer_rating_once;
     insert into employer_rating (employer_id, area, kind, value, document, valid, known, bills)
     select employer_id, area, kind, value, document, valid, known, bills from employer_rating limit 1`,
    ['employer-ratings-do-not-overlap'],
  ],
  [
    'another step of the floating rate',
    "update employer_rating set value = '1.5'",
    ['bill-lines-reproduce', 'person-months-reproduce'],
  ],
  ...sealedPlants,
  ['an area outside the tree', 'update upload set area = 999999999999', ['areas-in-tree']],
  [
    'an area beyond its parent',
    "update area set last = 430499999999 where tier = 'community' and key = (select min(key) from area where tier = 'community')",
    ['areas-nest'],
  ],
  [
    'bytes of an upload',
    'update file_chunk set data = set_byte(data, 0, 0)',
    ['file-bytes-unchanged'],
  ],
  [
    'body of a certificate',
    `update certificate set body = body || '{"subjectName":"别的单位"}'`,
    ['certificates-unchanged'],
  ],
];

describe('an audit of the store', () => {
  it('finds nothing wrong with an honest city, and says what it counted', async () => {
    const checks = await verify();
    expect(checks.filter((c) => !c.ok)).toEqual([]);
    expect(checks.filter((c) => c.counted === 0).map((c) => c.name)).toEqual([]);
    const asked = await city.run<{ checks: Check[] }>('insurance.verify', {});
    expect(asked.checks).toEqual(checks);
  });

  it.each(plants)('finds %s', async (_, sql, failing) => {
    await owner.query('savepoint plant');
    await owner.query(sql);
    const checks = await verify();
    await owner.query('rollback to plant');
    expect(
      checks
        .filter((c) => !c.ok)
        .map((c) => c.name)
        .sort(),
    ).toEqual(failing);
  });

  it('has no check that nothing planted makes fail', async () => {
    const found = new Set(plants.flatMap(([, , failing]) => failing));
    expect((await verify()).map((c) => c.name).filter((n) => !found.has(n))).toEqual([]);
  });
});
