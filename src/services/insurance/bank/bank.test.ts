import { describe, expect, it } from 'vitest';
import { MindunError } from '../../../kernel/index.ts';
import { readBankFile } from './index.ts';

const header = '收款日期,流水号,付款人,付款账号,账单号,金额';
const good = '2008-03-21,HY001,衡阳建湘柴油机厂,6222,衡社缴〔2008〕000001,"12,345.67"';
const read = (text: string | Buffer) => readBankFile(Buffer.from(text as string));

async function refusal(text: string | Buffer): Promise<MindunError> {
  try {
    const [first, ...others] = (await read(text)).faults;
    if (first !== undefined) return new MindunError(first.code, first.details, first.place, others);
  } catch (error) {
    if (error instanceof MindunError) return error;
    throw error;
  }
  throw new Error('the file was read');
}

async function faultsOf(text: string): Promise<string[]> {
  const error = await refusal(text);
  return error.faults('zh').map((f) => `${f.line} ${f.column} ${f.code}`);
}

describe('a bank file in CSV', () => {
  it('is read to receipts', async () => {
    const { format, lines } = await read(`\ufeff${header}\r\n${good}\r\n合计,,,,,12345.67\r\n`);
    expect(format).toBe('csv');
    expect([...lines]).toEqual([
      {
        line: 2,
        receivedOn: '2008-03-21',
        reference: 'HY001',
        payerName: '衡阳建湘柴油机厂',
        payerAccount: '6222',
        billText: '衡社缴〔2008〕000001',
        amount: 1234567,
      },
    ]);
  });

  it('needs no account column, nor a bill number in every line', async () => {
    const { lines } = await read('金额,收款日期,流水号,付款人,账单号\n0.01,2008/3/21,1,甲,\n');
    expect([...lines]).toMatchObject([{ payerAccount: '', billText: '', amount: 1 }]);
  });

  it('shows all its faults at once, each with its place', async () => {
    const rows = [
      '2008-02-30,A1,甲,,,1',
      '2008-03-21,,甲,,,0',
      '2008-03-21,A2,甲,,,-5',
      '2008-03-21,A2,甲,,,1.005',
      ',A3,甲,,,一百',
      '2008-03-21,A4,=cmd,,,',
      good,
    ];
    expect(await faultsOf([header, ...rows].join('\n'))).toEqual([
      '2 收款日期 date-invalid',
      '3 流水号 required',
      '3 金额 amount-not-positive',
      '4 金额 amount-not-positive',
      '5 流水号 duplicate-payment',
      '5 金额 amount-precision',
      '6 收款日期 required',
      '6 金额 amount-not-a-number',
      '7 付款人 formula-not-allowed',
      '7 金额 required',
    ]);
  });

  it('is refused when empty, without rows or without a column', async () => {
    expect((await refusal('')).code).toBe('file-empty');
    expect((await refusal(`${header}\n`)).code).toBe('file-empty');
    const missing = await refusal('收款日期,流水号,付款人,金额\n2008-03-21,1,甲,1\n');
    expect([missing.code, missing.details['columns']]).toEqual(['header-missing', '账单号']);
  });
});

interface Part {
  amount?: string;
  currency?: string;
  way?: string;
  status?: string;
  date?: string;
  reference?: string;
  rest?: string;
}

function entry(part: Part = {}): string {
  const p = {
    amount: '12345.67',
    currency: 'CNY',
    way: 'CRDT',
    status: '<Sts>BOOK</Sts>',
    date: '<Dt>2008-03-21</Dt>',
    reference: 'HY001',
    rest: '<RmtInf><Ustrd>衡社缴〔2008〕000001</Ustrd></RmtInf>',
    ...part,
  };
  return `<Ntry><Amt Ccy="${p.currency}">${p.amount}</Amt><CdtDbtInd>${p.way}</CdtDbtInd>${p.status}
    <BookgDt>${p.date}</BookgDt><AcctSvcrRef>${p.reference}</AcctSvcrRef>
    <NtryDtls><TxDtls><RltdPties><Dbtr><Nm>甲 &amp; 乙</Nm></Dbtr>
    <DbtrAcct><Id><Othr><Id>6222</Id></Othr></Id></DbtrAcct></RltdPties>${p.rest}</TxDtls></NtryDtls></Ntry>`;
}

const statement = (...entries: string[]) =>
  `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
   <BkToCstmrStmt><Stmt><Bal><Amt Ccy="CNY">1</Amt></Bal>${entries.join('\n')}</Stmt></BkToCstmrStmt></Document>`;

describe('a bank file in camt.053', () => {
  it('is read to receipts', async () => {
    const { format, lines } = await read(`\ufeff${statement(entry())}`);
    expect(format).toBe('camt.053');
    expect([...lines]).toEqual([
      {
        line: 2,
        receivedOn: '2008-03-21',
        reference: 'HY001',
        payerName: '甲 & 乙',
        payerAccount: '6222',
        billText: '衡社缴〔2008〕000001',
        amount: 1234567,
      },
    ]);
  });

  it('is read with prefixes, coded status, times and structured references', async () => {
    const text = statement(
      entry({
        status: '<Sts><Cd>BOOK</Cd></Sts>',
        date: '<DtTm>2008-03-21T09:00:00+08:00</DtTm>',
        rest: '<RmtInf><Ustrd>社保费</Ustrd><Strd><CdtrRefInf><Ref>2008-000001</Ref></CdtrRefInf></Strd></RmtInf>',
      }),
    );
    const prefixed = text.replace('xmlns=', 'xmlns:n=').replace(/<(\/?)([A-Z])/g, '<$1n:$2');
    const { lines } = await read(prefixed);
    expect([...lines]).toMatchObject([{ receivedOn: '2008-03-21', billText: '2008-000001' }]);
  });

  it('passes over what is debited or pending, and says how much', async () => {
    const others = [
      entry({ way: 'DBIT', reference: 'X1', amount: 'bad' }),
      entry({ status: '<Sts>PDNG</Sts>', reference: 'X2', currency: 'USD' }),
      entry({ status: '<Sts><Cd>INFO</Cd></Sts>', reference: 'X3' }),
    ];
    const { lines, passedOver } = await read(statement(...others, entry()));
    expect([...lines].map((l) => l.reference)).toEqual(['HY001']);
    expect(passedOver).toBe(3);
    expect((await refusal(statement(...others))).code).toBe('file-empty');
  });

  it('is read in the versions of 2009 and 2019, payer and amount where each has them', async () => {
    const payments = (version: string) => {
      const old = version === '02';
      const amount = (yuan: string) =>
        old
          ? `<AmtDtls><TxAmt><Amt Ccy="CNY">${yuan}</Amt></TxAmt></AmtDtls>`
          : `<Amt Ccy="CNY">${yuan}</Amt><CdtDbtInd>CRDT</CdtDbtInd>`;
      const name = (text: string) => (old ? `<Nm>${text}</Nm>` : `<Pty><Nm>${text}</Nm></Pty>`);
      const payment = (reference: string, yuan: string, payer: string, bill: string) =>
        `<TxDtls><Refs><AcctSvcrRef>${reference}</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId></Refs>${amount(yuan)}
         <RltdPties><Dbtr>${name(payer)}</Dbtr></RltdPties><RmtInf><Ustrd>${bill}</Ustrd></RmtInf></TxDtls>`;
      return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><Stmt><Id>S1</Id>
        <Ntry><NtryRef>7</NtryRef><Amt Ccy="CNY">30.01</Amt><CdtDbtInd>CRDT</CdtDbtInd>
        <Sts>${old ? 'BOOK' : '<Cd>BOOK</Cd>'}</Sts><BookgDt><Dt>2008-03-21</Dt></BookgDt><AcctSvcrRef>E1</AcctSvcrRef>
        <NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>${payment('T1', '10.00', '甲', '2008-000001')}
        ${payment('T2', '20.01', '乙', '2008-000002')}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`;
    };
    for (const version of ['02', '08']) {
      const { lines } = await read(payments(version));
      expect(
        [...lines].map((l) => [l.reference, l.payerName, l.billText, l.amount, l.receivedOn]),
      ).toEqual([
        ['T1', '甲', '2008-000001', 1000, '2008-03-21'],
        ['T2', '乙', '2008-000002', 2001, '2008-03-21'],
      ]);
    }
    // Payments that the bank does not tell apart by number are numbered under the entry's.
    const same = await read(payments('08').replaceAll(/T[12]/g, 'E1'));
    expect([...same.lines].map((l) => l.reference)).toEqual(['E1#1', 'E1#2']);
    const none = payments('08').replaceAll(/<AcctSvcrRef>\w+<\/AcctSvcrRef>/g, '');
    expect([...(await read(none)).lines].map((l) => l.reference)).toEqual(['S1/7#1', 'S1/7#2']);
    const wrong = await refusal(payments('08').replace('>20.01<', '>20.00<'));
    expect([wrong.code, wrong.details]).toEqual([
      'batch-sum-differs',
      { sum: '30.00', amount: '30.01' },
    ]);
    const unclear = payments('08').replace('<Amt Ccy="CNY">20.01</Amt>', '');
    expect((await refusal(unclear)).code).toBe('batch-unclear');
  });

  it('takes the bank’s number before the entry’s, and that only with its statement’s', async () => {
    const numbered = statement(entry({ reference: '' }))
      .replace('<Stmt>', '<Stmt><Id>2008-081</Id>')
      .replace('<Ntry>', '<Ntry><NtryRef>1</NtryRef>');
    expect([...(await read(numbered)).lines][0]!.reference).toBe('2008-081/1');
    const both = statement(entry()).replace('<Ntry>', '<Ntry><NtryRef>1</NtryRef>');
    expect([...(await read(both)).lines][0]!.reference).toBe('HY001');
  });

  it('takes no receipt that the bank took back: with its own in the file both fall away', async () => {
    const back = (reference: string, amount = '12345.67') =>
      entry({ way: 'DBIT', reference, amount }).replace(
        '<CdtDbtInd>',
        '<RvslInd>true</RvslInd><CdtDbtInd>',
      );
    const { lines, passedOver } = await read(
      statement(entry({ reference: 'A' }), entry({ reference: 'B' }), back('A')),
    );
    expect([[...lines].map((l) => l.reference), passedOver]).toEqual([['B'], 2]);
    for (const other of [back('Z'), back('A', '1.00')]) {
      const error = await refusal(statement(entry({ reference: 'A' }), other));
      expect([error.code, error.place?.column, error.place?.line]).toEqual([
        'receipt-reversed',
        'RvslInd',
        6,
      ]);
    }
  });

  it('takes money that was paid out and came back, but as nobody’s contribution', async () => {
    const returned = entry().replace('<CdtDbtInd>', '<RvslInd>1</RvslInd><CdtDbtInd>');
    const { lines } = await read(statement(returned));
    expect([...lines]).toMatchObject([{ reference: 'HY001', returned: true, amount: 1234567 }]);
  });

  it('shows all its faults at once', async () => {
    const text = statement(
      entry({ currency: 'USD' }),
      entry({ amount: '0' }),
      entry({ reference: '', date: '' }),
      entry({ reference: 'A2', amount: '1.005', date: '<Dt>2008-02-30</Dt>' }),
    );
    const found = (await refusal(text)).faults('en').map((f) => `${f.column} ${f.code}`);
    expect(found).toEqual([
      'Amt currency-not-yuan',
      'AcctSvcrRef duplicate-payment',
      'Amt amount-not-positive',
      'BookgDt required',
      'AcctSvcrRef required',
      'BookgDt date-invalid',
      'Amt amount-precision',
    ]);
  });

  it('is refused when broken, of another kind, or with a document type', async () => {
    const whole = statement(entry());
    const bad = [
      whole.slice(0, -30),
      whole.replaceAll('BkToCstmrStmt', 'CstmrCdtTrfInitn'),
      whole.replace('<Document', '<!DOCTYPE x [<!ENTITY a "b">]><Document'),
      '<html><body>',
      '<',
    ];
    for (const text of bad) expect((await refusal(text)).code).toBe('file-unreadable');
  });

  it('is read in GB18030, too', async () => {
    // 社保 and 甲 in GB18030.
    const marked = statement(entry({ rest: '<RmtInf><Ustrd>@@</Ustrd></RmtInf>' }));
    const [before, after] = marked.replace('甲 &amp; 乙', 'A').split('@@') as [string, string];
    const bytes = Buffer.concat([
      Buffer.from(before),
      Buffer.from('c9e7b1a3', 'hex'),
      Buffer.from(after),
    ]);
    const { lines } = await readBankFile(bytes);
    expect([...lines]).toMatchObject([{ billText: '社保' }]);
  });
});
