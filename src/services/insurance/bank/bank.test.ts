import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
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
        bill: '衡社缴〔2008〕000001',
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

  it('counts its rows as a spreadsheet does', async () => {
    const note = '2008-03-21,A1,甲,,"2008-000001\n三月",1';
    expect(await faultsOf([header, note, '', '2008-03-21,A2,甲,,,abc'].join('\n'))).toEqual([
      '4 金额 amount-not-a-number',
    ]);
  });

  it('refuses references that lost their digits in a spreadsheet, and takes no two for one', async () => {
    const rows = ['2.00801E+15', '2.00801E+15', '1e+16', '2.00801E15'];
    const text = rows.map((r) => `2008-03-21,${r},甲,,,1`).join('\n');
    const error = await refusal(`${header}\n${text}\n`);
    expect(error.faults('zh').map((f) => [f.line, f.column, f.code, f.value])).toEqual([
      [2, '流水号', 'reference-rounded', '2.00801E+15'],
      [3, '流水号', 'reference-rounded', '2.00801E+15'],
      [4, '流水号', 'reference-rounded', '1e+16'],
      [5, '流水号', 'reference-rounded', '2.00801E15'],
    ]);
    expect(error.text('zh')).toContain('2.00801E+15');
  });

  it('refuses references of a workbook that are numbers of more digits than it keeps', async () => {
    const row = (reference: string | number) => [
      ...['2008-03-21', reference, '甲', '', 1].map((value) => ({ value })),
    ];
    const columns = ['收款日期', '流水号', '付款人', '账单号', '金额'].map((value) => ({ value }));
    const numbers = ['20080321000000012345', 123_456_789_012_345, 2.0080321e19, 2.0080321e15];
    const bytes = await writeExcelFile([columns, ...numbers.map(row)]).toBuffer();
    expect((await refusal(bytes)).faults('zh').map((f) => `${f.line} ${f.code}`)).toEqual([
      '4 reference-rounded',
      '5 reference-rounded',
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
        bill: '衡社缴〔2008〕000001',
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
    expect([...lines]).toMatchObject([
      {
        receivedOn: '2008-03-21',
        billText: '2008-000001 || 社保费',
        bill: '衡社缴〔2008〕000001',
      },
    ]);
  });

  it('reads a text alike in CDATA, with entities, comments and line breaks in it', async () => {
    const plain = fc.array(
      fc.constantFrom('社保', '衡社缴〔2008〕', '000001', ' ', 'A&B', '<', '>', '"', '2008-', '0'),
      { minLength: 1, maxLength: 8 },
    );
    const how = fc.constantFrom('entity', 'hex', 'cdata', 'comment');
    const said = (part: string, as: string): string =>
      ({
        cdata: `<![CDATA[${part}]]>`,
        hex: [...part].map((c) => `&#x${c.codePointAt(0)!.toString(16)};`).join(''),
        comment: `<!-- ${part.length} -->${escaped(part)}`,
        entity: escaped(part),
      })[as]!;
    const escaped = (part: string) =>
      part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const note = (text: string) => entry({ rest: `<RmtInf><Ustrd>${text}</Ustrd></RmtInf>` });
    await fc.assert(
      fc.asyncProperty(
        plain,
        fc.array(how, { minLength: 8, maxLength: 8 }),
        async (parts, ways) => {
          const one = await read(statement(note(escaped(parts.join('')))));
          const other = parts.map((p, i) => said(p, ways[i]!)).join('');
          const two = await read(statement(note(`\n    ${other}\n  `)));
          const texts = (f: typeof one) => [...f.lines].map((l) => [l.billText, l.bill]);
          expect(texts(two)).toEqual(texts(one));
          expect(texts(one)[0]![0]).toBe(parts.join('').replace(/\s+/g, ' ').trim());
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps several notes apart, and finds the one bill that one of them names', async () => {
    const of = async (rest: string) => {
      const { lines } = await read(statement(entry({ rest: `<RmtInf>${rest}</RmtInf>` })));
      return [...lines].map((l) => [l.billText, l.bill])[0];
    };
    const note = (text: string) => `<Ustrd>${text}</Ustrd>`;
    const reference = (text: string) => `<Strd><CdtrRefInf><Ref>${text}</Ref></CdtrRefInf></Strd>`;
    const bill = '衡社缴〔2008〕000001';
    expect(await of(note('3月') + note(bill))).toEqual([`3月 || ${bill}`, bill]);
    expect(await of(note('2008000001') + note('社保费'))).toEqual(['2008000001 || 社保费', bill]);
    // Two halves make no number, and two numbers are none.
    expect(await of(note('养老2008') + note('000001'))).toEqual(['养老2008 || 000001', undefined]);
    expect((await of(note('2008-000001') + note('2008-000002')))![1]).toBe(undefined);
    expect((await of(note('2008000002') + note('2008-000001')))![1]).toBe(undefined);
    // What names no bill hides none; the reference goes before the note.
    expect(await of(note(bill) + reference('RF18539007547034'))).toEqual([
      `RF18539007547034 || ${bill}`,
      bill,
    ]);
    expect((await of(note('2008-000002') + reference('2008-000001')))![1]).toBe(bill);
    expect((await of(note(bill) + reference('2008-000003和2008-000004')))![1]).toBe(undefined);
    // However long the note is, its number is found and no part of another taken for one.
    expect((await of(note('费'.repeat(600)) + note(bill)))![1]).toBe(bill);
    const cut = await of(note(`${'费'.repeat(484)} 2008-000001234`));
    expect(cut![1]).toBe(undefined);
  });

  it('takes the payer’s own number or the entry’s note only where nothing was remitted', async () => {
    const of = async (end: string, remitted: string) => {
      const rest = `<Refs><EndToEndId>${end}</EndToEndId></Refs>${remitted}`;
      const text = entry({ rest }).replace(
        '</Ntry>',
        '<AddtlNtryInf>2008-000009</AddtlNtryInf></Ntry>',
      );
      return [...(await read(statement(text))).lines][0]!.bill?.slice(-6);
    };
    const note = '<RmtInf><Ustrd>社保费</Ustrd></RmtInf>';
    expect(await of('2008000007', '')).toBe('000007');
    expect(await of('NOTPROVIDED', '')).toBe('000009');
    expect(await of('2008000007', note)).toBe(undefined);
  });

  it('takes the day in China, whatever zone the bank writes', async () => {
    const day = async (date: string) =>
      [...(await read(statement(entry({ date })))).lines][0]!.receivedOn;
    for (const [date, expected] of [
      ['<DtTm>2008-03-20T16:00:00Z</DtTm>', '2008-03-21'],
      ['<DtTm>2008-03-20T15:59:59.999Z</DtTm>', '2008-03-20'],
      ['<DtTm>2008-03-21T00:30:00+08:00</DtTm>', '2008-03-21'],
      ['<DtTm>2008-03-21T23:59:59</DtTm>', '2008-03-21'],
      ['<DtTm>2008-02-29T12:00:00-05:00</DtTm>', '2008-03-01'],
      ['<Dt>2008-03-21+08:00</Dt>', '2008-03-21'],
    ] as const)
      expect([date, await day(date)]).toEqual([date, expected]);
    for (const [bad, code] of [
      ['2008-02-30T10:00:00Z', 'date-invalid'],
      ['2008-03-21T25:00:00Z', 'date-invalid'],
      ['2008-03-21Tnoon', 'date-unreadable'],
    ] as const) {
      const error = await refusal(statement(entry({ date: `<DtTm>${bad}</DtTm>` })));
      expect([error.code, error.place.column, error.place.value]).toEqual([code, 'BookgDt', bad]);
    }
  });

  it('refuses an entry that does not say whether money came or went, or how it stands', async () => {
    const text = statement(
      entry({ way: '' }),
      entry({ way: 'CREDIT', reference: 'X2' }),
      entry({ status: '<Sts><Cd>XXXX</Cd></Sts>', reference: 'X3' }),
      entry({ status: '<Sts><Prtry>booked</Prtry></Sts>', reference: 'X4' }),
      entry({ status: '<Sts><Cd>FUTR</Cd></Sts>', way: '', reference: 'X5' }),
    );
    const error = await refusal(text);
    expect(error.faults('zh').map((f) => `${f.column} ${f.code} ${f.value}`)).toEqual([
      'CdtDbtInd direction-unclear ',
      'CdtDbtInd direction-unclear CREDIT',
      'Sts entry-status-unknown XXXX',
      'Sts entry-status-unknown booked',
    ]);
    expect(error.faults('zh').every((f) => f.line !== undefined)).toBe(true);
  });

  it('names the element that a reference was read from', async () => {
    const numbered = (reference: string) =>
      entry({ reference: '' }).replace('<Ntry>', `<Ntry><NtryRef>${reference}</NtryRef>`);
    const error = await refusal(statement(numbered('1'), numbered('1')));
    expect([error.code, error.place.column]).toEqual(['duplicate-payment', 'NtryRef']);
    const { lines, columns } = await read(statement(numbered('1'), entry()));
    expect(columns).toEqual({ receivedOn: 'BookgDt', reference: 'AcctSvcrRef' });
    expect([...lines].map((l) => l.referenceFrom)).toEqual(['NtryRef', undefined]);
    const csv = await read(`金额, 收款日期 ,流水号,付款人,账单号\n1,2008-03-21,1,甲,\n`);
    expect(csv.columns).toEqual({ receivedOn: '收款日期', reference: '流水号' });
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
    // A day without receipts is read, and a statement without entries is not.
    const none = await read(statement(...others));
    expect([[...none.lines], none.passedOver]).toEqual([[], 3]);
    expect((await refusal(statement())).code).toBe('statement-empty');
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
      whole.replaceAll('BkToCstmrStmt', 'BkToCstmrAcctRpt').replace('camt.053', 'camt.052'),
      whole.replace('<Document', '<!DOCTYPE x [<!ENTITY a "b">]><Document'),
      `${whole}\0`,
    ];
    for (const text of bad) {
      const error = await refusal(text);
      expect(error.code).toBe('statement-unreadable');
      // The bank mends it; nobody saves a statement as a workbook.
      expect(error.mend('en')).not.toContain('xlsx');
    }
    for (const text of ['<html><body>', '<'])
      expect((await refusal(text)).code).toBe('file-unreadable');
  });

  it('is refused in a version that is not read, with those that are', async () => {
    const of = (version: string) => statement(entry()).replace('001.02', `001.${version}`);
    for (const version of ['02', '03', '04', '05', '06', '07', '08'])
      expect([version, (await read(of(version))).lines.length]).toEqual([version, 1]);
    const prefixed = of('13')
      .replace('xmlns=', 'xmlns:n=')
      .replace(/<(\/?)([A-Z])/g, '<$1n:$2');
    const enveloped = `<E xmlns="urn:x">${of('13').replace('<?xml version="1.0"?>', '')}</E>`;
    for (const text of [of('99'), of('01'), of('09'), of('008'), prefixed, enveloped]) {
      const error = await refusal(text);
      expect([error.code, error.place.column]).toEqual(['statement-version-unknown', 'xmlns']);
      expect(error.text('zh')).toContain('02 至 08');
    }
    expect((await refusal(of('99'))).place.value).toBe(
      'urn:iso:std:iso:20022:tech:xsd:camt.053.001.99',
    );
    // The envelope's own namespace is not the statement's; without any the elements alone tell.
    expect((await read(enveloped.replace('001.13', '001.06'))).lines.length).toBe(1);
    expect((await read(of('02').replace(/ xmlns="[^"]*"/, ''))).lines.length).toBe(1);
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
