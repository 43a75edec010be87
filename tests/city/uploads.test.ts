import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { rosterText } from '../../bench/roster-file.ts';
import { readTable } from '../../src/engines/documents/tables/index.ts';
import type { Caller } from '../../src/kernel/index.ts';
import {
  type DeclareAnswer,
  markedRoster,
  rosterTemplate,
  type UploadView,
} from '../../src/services/insurance/index.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

const mine = organisation(31);
const others = organisation(32);
const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/rosters/${name}`, import.meta.url));
let city: TestCity;
let handler: Caller;
let stranger: Caller;

async function callerOf(code: string): Promise<Caller> {
  const { id } = await city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.one<{ id: number }>('select employer_id as id from employer_code where code = $1', [code]),
  );
  const actor = {
    ...city.operator.actor,
    kind: 'employer' as const,
    reach: { role: 'employer' as const, employer: id },
  };
  return { ...city.operator, actor, purpose: 'own-matter' };
}

beforeAll(async () => {
  city = await testCity({ at: '2008-03-05T09:00' });
  for (const [i, code] of [mine, others].entries())
    await city.run('registry.employer.register', {
      code,
      name: `厂${i}`,
      area: '430407',
      injuryClass: 1,
    });
  handler = await callerOf(mine);
  stranger = await callerOf(others);
});
afterAll(async () => city?.close());

const put = (content: string, caller = handler) =>
  city.run<UploadView>(
    'insurance.upload',
    { employer: mine, month: '2008-03', full: true, fileName: '三月.csv', content },
    caller,
  );
const look = (upload: string, caller = handler) =>
  city.run<UploadView>('insurance.upload-view', { upload }, caller);
const confirm = (upload: string, more = {}, caller = handler) =>
  city.run<DeclareAnswer>('insurance.confirm-upload', { upload, ...more }, caller);

describe('an uploaded roster', () => {
  it('is kept with every fault, and declares nothing', async () => {
    const view = await put(fixture('bad.csv').toString('base64'));
    expect(view).toMatchObject({ rows: 400, state: 'checked', fileName: '三月.csv' });
    expect(view.faults).toHaveLength(13);
    expect(await look(view.publicId)).toEqual(view);
    const answer = await confirm(view.publicId);
    expect(answer.accepted).toBe(0);
    expect((await look(view.publicId)).state).toBe('checked');
  });

  it('of a workbook with rosters on two sheets names the one that was not read, in the preview and in an answer', async () => {
    const [head, ...persons] = Buffer.from(
      roster(
        '2008-03',
        [4, 6].map((n) => ({ number: citizen(n), wage: '1800' })),
      ),
      'base64',
    )
      .toString('utf8')
      .split('\n')
      .map((line) => line.split(',').map((value) => ({ value })));
    const sheets = persons.map((person, i) => ({ sheet: `${i + 1}车间`, data: [head!, person] }));
    const content = (await writeExcelFile(sheets).toBuffer()).toString('base64');
    const warning = { line: 1, column: '', code: 'sheet-not-read', value: '2车间' };
    const view = await put(content);
    expect(view).toMatchObject({ rows: 1, faults: [], warnings: [warning] });
    expect(view.warnings[0]!.message.zh).toContain('工作表“2车间”');
    const asked = { employer: mine, month: '2008-03', full: true, content };
    const told = await city.run<DeclareAnswer>('insurance.check-roster', asked, handler);
    expect(told).toMatchObject({ accepted: 1, errors: [], warnings: [warning] });
  });

  it('is not seen by another employer', async () => {
    const view = await put(fixture('bad.csv').toString('base64'));
    expect(await refusal(look(view.publicId, stranger))).toBe('not-found');
    expect(await refusal(confirm(view.publicId, {}, stranger))).toBe('not-found');
    expect(await refusal(put('', stranger))).toBe('unknown-employer');
  });

  it('takes the good rows when that is wanted, once', async () => {
    const view = await put(fixture('bad.csv').toString('base64'));
    const answer = await confirm(view.publicId, { acceptValid: true });
    expect(answer.accepted).toBe(387);
    expect((await look(view.publicId)).state).toBe('confirmed');
    expect(await confirm(view.publicId, { acceptValid: true })).toEqual(answer);
  });

  it('of thousands is declared in bulk, and once more; who is left out leaves', async () => {
    const declareRows = async (count: number): Promise<UploadView> => {
      const content = Buffer.from(rosterText(count, 100_000)).toString('base64');
      const input = { employer: others, month: '2008-03', full: true, content };
      const view = await city.run<UploadView>('insurance.upload', input, stranger);
      expect((await confirm(view.publicId, {}, stranger)).accepted).toBe(count);
      return view;
    };
    const counts = () =>
      city.house.store.transaction({ role: 'system' }, (tx) =>
        tx.one(
          `with e as (select employer_id as id from employer_code where code = $1)
           select (select count(*)::int from roster_line l where l.employer_id = e.id and l.declaration_id
               = (select max(id) from declaration d where d.employer_id = e.id)) as lines,
             (select sum(wage)::int from roster_line l where l.employer_id = e.id and l.declaration_id
               = (select max(id) from declaration d where d.employer_id = e.id)) as wages,
             (select count(distinct person_id)::int from roster_line l where l.employer_id = e.id) as persons,
             (select count(*)::int from spell where employer_id = e.id and upper_inf(valid) and upper_inf(known)) as open,
             (select count(*)::int from person_fact f join spell s on s.person_id = f.person_id and upper_inf(s.known)
               where s.employer_id = e.id and f.initials <> '' and f.birth < '2000-01-01') as facts
           from e`,
          [others],
        ),
      );
    const first = await declareRows(2500);
    // Who is named as a leaver and was never enrolled is enrolled for the month alone.
    const leaving = rosterText(2500, 100_000).split('减少').length - 1;
    const persons = { persons: 2500, personsLeaving: leaving };
    expect(first.changes).toMatchObject({
      joining: 2500,
      leaving: 0,
      staying: 0,
      ...persons,
    });
    const all = { lines: 2500, wages: first.wageFen, persons: 2500, open: 2500 - leaving };
    expect(await counts()).toMatchObject({ ...all, facts: 2500 });
    const again = await declareRows(2500);
    expect(again.changes).toMatchObject({
      joining: 0,
      leaving: 0,
      staying: 2500 - leaving,
      ...persons,
    });
    expect(await counts()).toMatchObject(all);
    const fewer = await declareRows(2100);
    expect(await counts()).toMatchObject({
      lines: 2100,
      wages: fewer.wageFen,
      persons: 2500,
      open: fewer.changes.staying,
    });
    await declareRows(2500);
    expect(await counts()).toMatchObject(all);
  });

  it('is replaced by a later one; from two tabs the last confirmed counts', async () => {
    const first = await put(roster('2008-03', [{ number: citizen(2), wage: '1500' }]));
    const second = await put(roster('2008-03', [{ number: citizen(4), wage: '1600' }]));
    expect(first.changes).toMatchObject({ joining: 1, leaving: 366 });
    await confirm(second.publicId);
    expect((await look(first.publicId)).state).toBe('passed-over');
    expect(await refusal(confirm(first.publicId))).toBe('upload-replaced');
    await city.run('insurance.assess', { month: '2008-03' });
    const third = {
      employer: mine,
      month: '2008-03',
      full: true,
      content: roster('2008-03', [{ number: citizen(4), wage: '1' }]),
    };
    expect(await refusal(city.run('insurance.upload', third, handler))).toBe('already-assessed');
  });
});

describe('workbooks', () => {
  it('gives a template that is itself read as a roster', async () => {
    const rows: number[] = [];
    const headers = { required: ['姓名', '公民身份号码', '月工资(元)'], optional: ['变动日期'] };
    const found = await readTable(await rosterTemplate(), headers, (r) => rows.push(r.line));
    expect([...found.keys()]).toEqual(['姓名', '公民身份号码', '月工资(元)', '变动日期']);
    expect(rows).toEqual([]);
  });

  it('marks the faults of an upload and says why', async () => {
    const { faults } = await put(fixture('bad.csv').toString('base64')).catch(async () => {
      const { rows } = await city.run<{ rows: UploadView[] }>(
        'insurance.uploads',
        { employer: mine },
        handler,
      );
      const bad = rows.find((r) => r.rows === 400)!;
      return look(bad.publicId);
    });
    const reasons: string[] = [];
    const book = await markedRoster(fixture('bad.csv'), faults);
    await readTable(book, { required: ['行', '姓名', '原因'], optional: [] }, (r) => {
      if (r.cell('原因').text !== '') reasons.push(`${r.cell('行').text} ${r.cell('原因').text}`);
    });
    expect(reasons).toHaveLength(new Set(faults.map((f) => f.line)).size);
    expect(reasons[0]).toBe('45 公民身份号码：号码是 16 位，应是 18 位或 15 位');
  });

  it('numbers the rows of the marked workbook as the faults are told', async () => {
    const [head, ...rows] = fixture('good-utf8.csv').toString('utf8').trimEnd().split(/\r?\n/);
    const text = [`${head},备注`, `${rows[0]},"调入\n自长沙"`, '', `${rows[1]},`].join('\n');
    const fault = {
      line: 4,
      column: '月工资(元)',
      code: '',
      value: '',
      message: { zh: '这里', en: '' },
    };
    const book = await markedRoster(Buffer.from(text), [fault]);
    const told: string[] = [];
    await readTable(book, { required: ['行', '姓名', '原因'], optional: [] }, (r) => {
      told.push(`${r.cell('行').text} ${r.cell('原因').text}`.trim());
    });
    expect(told).toEqual(['2', '4 月工资(元)：这里']);
  });
});
