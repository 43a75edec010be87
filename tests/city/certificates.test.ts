import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nobody } from '../../src/engines/access/index.ts';
import { showYuan, yuan } from '../../src/kernel/index.ts';
import {
  type BilledPaper,
  type BillView,
  billPdf,
  type CertificateView,
  type CheckedCertificate,
  certificatePdf,
  type PrintedBill,
} from '../../src/services/insurance/index.ts';
import { pdfLines } from '../pdf-text.ts';
import {
  bankFile,
  citizen,
  organisation,
  refusal,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';

const employer = organisation(41);
const person = citizen(21);
let city: TestCity;

beforeAll(async () => {
  city = await testCity();
  await city.run('registry.employer.register', {
    code: employer,
    name: '回雁建材有限公司',
    area: '430406',
    injuryClass: 2,
  });
  const content = roster('2008-01', [
    { number: person, wage: '2000', name: '谢玉兰' },
    { number: citizen(23), wage: '1500' },
  ]);
  await city.run('insurance.declare', { employer, month: '2008-01', full: true, content });
  await city.run('insurance.assess', { month: '2008-01' });
  await city.clock('2008-01-20T09:00');
});
afterAll(async () => city?.close());

const issue = (input: object) =>
  city.run<CertificateView>('insurance.certificate.issue', {
    from: '2008-01',
    to: '2008-01',
    ...input,
  });
const bill = () => city.run<BillView>('insurance.bill', { employer, month: '2008-01' });

const textOf = (pdf: Buffer): string => pdfLines(pdf).flat(2).join('\n');

describe('certificates', () => {
  it('say what is paid, and anybody can check them by their code', async () => {
    const before = await issue({ employer });
    expect(before.rows).toMatchObject([
      { month: '2008-01', persons: 2, state: 'unpaid', paidFen: 0 },
    ]);
    const { number, total } = await bill();
    await city.run('insurance.collect', {
      content: bankFile([
        { on: '2008-01-07', reference: 'C1', bill: number, amount: yuan(total.payableFen) },
      ]),
    });
    const own = await issue({ person });
    expect(own).toMatchObject({ kind: 'person', subjectName: '谢玉兰' });
    expect(own.rows).toMatchObject([
      { baseFen: 200_000, state: 'paid', dueFen: own.rows[0]!.paidFen },
    ]);
    const anybody = { ...city.operator, actor: nobody, purpose: '' as const };
    const spaced = own.code.replace(/(.{4})/g, '$1 ').toLowerCase();
    const seen = await city.run<CheckedCertificate>(
      'insurance.certificate',
      { code: spaced },
      anybody,
    );
    const { printedBy, ...shown } = own;
    expect(printedBy).toBe(city.operator.actor.name);
    expect(seen).toEqual({ ...shown, subjectName: '谢**' });
    expect(seen.subjectNumber).toMatch(/^4304\*{10}.{4}$/);
    expect(
      await refusal(city.run('insurance.certificate', { code: 'AAAABBBBCCCCDDDD' }, anybody)),
    ).toBe('not-found');
    const list = await city.run<{ rows: object[] }>('insurance.certificates', { person });
    expect(list.rows).toHaveLength(1);
  });

  it('are refused when the stored copy was changed', async () => {
    const own = await issue({ person });
    await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.execute(
        `insert into certificate (code, kind, area, person_id, body, sha256, act)
         select 'CHANGEDCHANGED22', kind, area, person_id, jsonb_set(body, '{subjectName}', '"别人"'), sha256, act
         from certificate where code = $1`,
        [own.code],
      ),
    );
    expect(await refusal(city.run('insurance.certificate', { code: 'CHANGEDCHANGED22' }))).toBe(
      'certificate-changed',
    );
  });

  it('need something to certify', async () => {
    expect(await refusal(issue({ employer, from: '2007-01', to: '2007-12' }))).toBe(
      'nothing-to-certify',
    );
    expect(await refusal(issue({ employer, from: '2008-02' }))).toBe('months-reversed');
    expect(await refusal(issue({ employer, to: '2008-02' }))).toBe('month-to-come');
    expect(await refusal(issue({}))).toBe('input-invalid');
  });
});

const checkAddress = 'https://si.example/check';
const print = (month: string) => city.run<PrintedBill>('insurance.bill.print', { employer, month });
const code = (text: string): string | undefined =>
  /核对码 ((?:\w{4} ){3}\w{4})/.exec(text)?.[1]?.replaceAll(' ', '');

describe('papers', () => {
  it('carry the bill’s figures, its code, where it is checked, who printed it and when', async () => {
    const printed = await print('2008-01');
    expect(printed.bill).toEqual(await bill());
    const text = textOf(await billPdf(printed, checkAddress));
    expect(text).toContain('回雁建材有限公司');
    for (const i of printed.bill.insurances)
      expect(text).toContain(showYuan(i.employerFen, { sign: false }));
    expect(text).toContain('假定');
    expect(text).not.toContain('暂定');
    expect(code(text)).toBe(printed.code);
    expect(text).toContain(`任何人可在 ${checkAddress} 核对`);
    expect(text).toContain(`打印时间 2008-01-20 09:00　打印人 ${city.operator.actor.name}`);
  });

  it('show anybody by the code what was printed, whatever is paid since', async () => {
    const printed = await print('2008-01');
    await city.run('insurance.collect', {
      content: bankFile([
        { on: '2008-01-20', reference: 'C2', bill: printed.bill.number, amount: '10.00' },
      ]),
    });
    expect((await bill()).total.creditFen).toBe(printed.bill.total.creditFen + 1000);
    const anybody = { ...city.operator, actor: nobody, purpose: '' as const };
    const seen = await city.run<BilledPaper>(
      'insurance.certificate',
      { code: printed.code },
      anybody,
    );
    const { number, insurances, paidFen, total } = printed.bill;
    expect(seen).toMatchObject({ kind: 'bill', number, insurances, paidFen });
    expect(seen.payableFen).toBe(total.payableFen);
    expect(JSON.stringify(seen)).not.toContain('C1');
    // A copy of it is drawn from what was kept; it is no certificate.
    expect(await city.run('insurance.bill-printed', { code: printed.code })).toEqual(printed);
    const { rows } = await city.run<{ rows: object[] }>('insurance.certificates', { employer });
    expect(JSON.stringify(rows)).not.toContain(printed.code);
    expect(await refusal(city.run('insurance.certificate-own', { code: printed.code }))).toBe(
      'not-found',
    );
  });

  it('are not printed for who may not see the bill', async () => {
    const actor = { ...city.operator.actor, reach: { role: 'employer', employer: 0 } as const };
    const other = { ...city.operator, actor };
    const asked = city.run('insurance.bill.print', { employer, month: '2008-01' }, other);
    expect(await refusal(asked)).toBe('unknown-employer');
    const { code } = await print('2008-01');
    expect(await refusal(city.run('insurance.bill-printed', { code }, other))).toBe('not-found');
  });

  it('carry the certificate’s code, and who had it printed and when', async () => {
    const view = await issue({ employer });
    const text = textOf(await certificatePdf(view, '衡阳市', checkAddress));
    expect(code(text)).toBe(view.code);
    expect(text).toContain(`打印时间 2008-01-20 09:00　打印人 ${city.operator.actor.name}`);
  });

  it('say of a month that was not declared by what it goes, in words', async () => {
    for (const step of ['credit', 'close'])
      await city.run(`insurance.${step}`, { month: '2008-01' });
    await city.clock('2008-02-05T09:00');
    await city.run('insurance.assess', { month: '2008-02' });
    const printed = await print('2008-02');
    expect(printed.bill.provisionalBasis?.how.zh).toBe(
      '没有申报名册，暂按2008年1月已缴数额的 110% 收',
    );
    expect(printed.bill.insurances[0]).toMatchObject({ undeclared: true, provisional: true });
    const text = textOf(await billPdf(printed, checkAddress));
    expect(text).toContain('暂定');
    expect(text).toContain('没有申报');
    expect(text.replaceAll('\n', '')).toContain(
      '没有申报名册，暂按2008年1月已缴数额的 110% 收（《社会保险费征缴暂行条例》第十条',
    );
  });
});
