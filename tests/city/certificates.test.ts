import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nobody } from '../../src/engines/access/index.ts';
import { showYuan, yuan } from '../../src/kernel/index.ts';
import {
  type BillView,
  billPdf,
  type CertificateView,
  certificatePdf,
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

/** Text of a PDF where Debian's pdftotext is there; undefined and a word about it where not. */
function textOf(pdf: Buffer): string | undefined {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'mindun-pdf-')), 'a.pdf');
  writeFileSync(file, pdf);
  const done = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  if (done.error !== undefined) {
    console.log('pdftotext is not installed: the words in the PDF are not read');
    return undefined;
  }
  return done.stdout.normalize('NFKC');
}

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
    const anybody = { ...city.operator, actor: nobody, purpose: '' };
    const spaced = own.code.replace(/(.{4})/g, '$1 ').toLowerCase();
    const seen = await city.run<CertificateView>(
      'insurance.certificate',
      { code: spaced },
      anybody,
    );
    expect(seen).toEqual({ ...own, subjectName: '谢**' });
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
    expect(await refusal(issue({}))).toBe('input-invalid');
  });
});

describe('papers', () => {
  it('carry the bill’s figures', async () => {
    const view = await bill();
    const pdf = await billPdf(view);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const text = textOf(pdf);
    if (text === undefined) return;
    expect(text).toContain('回雁建材有限公司');
    for (const i of view.insurances)
      expect(text).toContain(showYuan(i.employerFen, { sign: false }));
    expect(text).toContain('假定');
  });

  it('carry the certificate’s code', async () => {
    const view = await issue({ employer });
    const pdf = await certificatePdf(view, '衡阳市', 'http://localhost:8686/check');
    const text = textOf(pdf);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    if (text !== undefined) expect(text.replace(/\s/g, '')).toContain(view.code);
  });
});
