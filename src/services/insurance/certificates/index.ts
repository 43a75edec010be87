import { z } from 'zod';
import { type FundInsurance, insuranceOf } from '../../../engines/fund/index.ts';
import { type EmployerRow, employerBy, personBy } from '../../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  defineErrors,
  defineQuery,
  groupBy,
  MindunError,
  type Month,
  monthOfDate,
  monthOfPeriod,
  period,
  randomText,
  month as readMonth,
  sumOf,
} from '../../../kernel/index.ts';
import { assumedIn } from '../assumed.ts';
import { claimsOf } from '../bills/claims.ts';
import { recordQuery } from '../record.ts';
import {
  type BilledPaper,
  type CertificateView,
  type CheckedCertificate,
  insurances,
  type PrintedBill,
} from '../views.ts';
import { paperHash } from './hash.ts';

defineErrors({
  'nothing-to-certify': {
    message: { zh: '这段时间没有参保缴费记录', en: 'There is nothing on record for this time' },
    mend: { zh: '请换一段时间。', en: 'Choose another time.' },
    status: 404,
  },
  'months-reversed': {
    message: { zh: '终止月份在起始月份之前', en: 'The last month lies before the first' },
    mend: { zh: '请对调两个月份。', en: 'Change the two months.' },
    status: 400,
  },
  'month-to-come': {
    message: { zh: '{month}还没有到', en: '{month} has not come yet' },
    mend: { zh: '证明只开到这个月为止。', en: 'A certificate goes to this month at most.' },
    status: 400,
  },
  'certificate-changed': {
    message: {
      zh: '存根与核对值不符，这份文件不能采信',
      en: 'The stored copy does not match its check value: do not rely on it',
    },
    mend: { zh: '请报给社保经办机构。', en: 'Report it to the insurance office.' },
    status: 409,
  },
});

type Body = Omit<CertificateView, 'code' | 'sha256'>;

/** What the code of a certificate shows to anybody. */
export type CertificateRow = CertificateView['rows'][number];

/**
 * Issues a certificate of enrolment and payment (参保缴费证明) for an employer or a person, under a code by which anybody can
 * check it, with who had it printed and when.
 * @throws MindunError unknown-employer, unknown-person, nothing-to-certify, months-reversed, month-to-come
 */
export const issueCertificate = defineCommand({
  name: 'insurance.certificate.issue',
  title: { zh: '开参保缴费证明', en: 'Issue a certificate' },
  input: z.object({
    employer: z.string().min(1).optional(),
    person: z.string().min(1).optional(),
    from: z.string(),
    to: z.string(),
  }),
  async run(context, input): Promise<CertificateView> {
    const from = readMonth(input.from);
    const to = readMonth(input.to);
    if (from > to) throw new MindunError('months-reversed');
    if (to > monthOfDate(context.today)) throw new MindunError('month-to-come', { month: to });
    const subject = await subjectOf(context, input, from, to);
    if (subject.body.rows.length === 0) throw new MindunError('nothing-to-certify');
    const code = randomText(16);
    const sha256 = paperHash(code, subject.body);
    await context.elevate(() =>
      context.tx.execute(
        `insert into certificate (code, kind, area, employer_id, person_id, body, sha256, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          code,
          subject.body.kind,
          subject.area,
          subject.employer,
          subject.person,
          subject.body,
          sha256,
          context.act,
        ],
      ),
    );
    context.subject({ certificate: code });
    return { code, ...subject.body, sha256 };
  },
});

interface Subject {
  readonly area: number;
  readonly employer: number | null;
  readonly person: number | null;
  readonly body: Body;
}

/** With the actor's own eyes: who may not see the employer gets no certificate of it. @throws MindunError unknown-employer */
async function certifiedEmployer(
  context: Pick<Context, 'tx' | 'caller'>,
  employer: string,
): Promise<EmployerRow> {
  // To a person employers are closed altogether.
  if (context.caller.actor.kind === 'person')
    throw new MindunError('unknown-employer', { employer });
  return employerBy(context.tx, employer);
}

async function subjectOf(
  context: Context,
  input: { employer?: string | undefined; person?: string | undefined },
  from: Month,
  to: Month,
): Promise<Subject> {
  const printed = { printedAt: context.at, printedBy: context.caller.actor.name };
  const common = { issuedOn: context.today, from, to, ...printed };
  if (input.employer !== undefined) {
    const employer = await certifiedEmployer(context, input.employer);
    context.subject({ employer: employer.publicId });
    const rows = await context.elevate(() => employerRows(context, employer, from, to));
    return {
      area: employer.area,
      employer: employer.id,
      person: null,
      body: {
        ...common,
        kind: 'employer',
        subjectName: employer.name,
        subjectNumber: employer.code,
        rows,
      },
    };
  }
  if (input.person === undefined)
    throw new MindunError('input-invalid', { what: 'employer, person' });
  const person = await personBy(context.tx, input.person);
  const record = await context.ask(recordQuery, { person: person.publicId });
  const rows = record.months
    // Of a month in which he turned out not to have been there something may stand on his account for some days more.
    .filter((m) => m.month >= from && m.month <= to && m.baseFen > 0)
    .sort((a, b) => (a.month < b.month ? -1 : 1))
    .map((m): CertificateRow => {
      const paid = m.amounts.filter((a) => a.paid);
      const total = (list: typeof m.amounts): number =>
        sumOf(list, (a) => a.employerFen + a.employeeFen);
      return {
        month: m.month,
        employerName: m.employerName,
        persons: 1,
        insurances: m.amounts.map((a) => a.insurance),
        baseFen: m.baseFen,
        dueFen: total(m.amounts),
        paidFen: total(paid),
        state: m.state === 'not-due' ? 'unpaid' : m.state,
        assumed: m.amounts.some((a) => a.assumed),
      };
    });
  return {
    area: person.area,
    employer: null,
    person: person.id,
    body: {
      ...common,
      kind: 'person',
      subjectName: person.name,
      subjectNumber: record.number,
      rows,
    },
  };
}

async function employerRows(
  context: Context,
  employer: EmployerRow,
  from: Month,
  to: Month,
): Promise<CertificateRow[]> {
  const claims = (await claimsOf(context.tx, [employer.id])).filter(
    (c) => c.feePeriod >= period(from) && c.feePeriod <= period(to),
  );
  // As it stands with every difference: whoever was on a roster of the month, and what his rows come to.
  const bases = await context.tx.rows<{ period: number; persons: number; base: number }>(
    `select p as period, count(m.base)::int as persons, coalesce(sum(m.base), 0)::bigint as base
     from unnest($2::int[]) p left join lateral (select sum(base) as base from person_month
       where period = p and employer_id = $1 and person_id in (select person_id from roster_line where period = p and employer_id = $1)
       group by person_id having sum(base) > 0) m on true group by 1`,
    [employer.id, [...new Set(claims.map((c) => c.feePeriod))]],
  );
  const assumed = await assumedIn(
    context,
    claims.map((c) => c.feePeriod),
  );
  const known = new Map(bases.map((b) => [b.period, b]));
  return [...groupBy(claims, (c) => c.feePeriod)].flatMap(([feePeriod, list]): CertificateRow[] => {
    const dueFen = sumOf(list, (c) => c.amount);
    const { persons = 0, base = 0 } = known.get(feePeriod) ?? {};
    // A month from which everybody was taken off again never was.
    if (dueFen === 0 && persons === 0) return [];
    const openFen = sumOf(list, (c) => c.open);
    const of = new Set<FundInsurance>(list.map((c) => insuranceOf(c.fund)));
    const row: CertificateRow = {
      month: monthOfPeriod(feePeriod),
      employerName: employer.name,
      persons,
      insurances: insurances.filter((i) => of.has(i)),
      baseFen: base,
      dueFen,
      paidFen: dueFen - openFen,
      state: openFen === 0 ? 'paid' : openFen < dueFen ? 'partly-paid' : 'unpaid',
      assumed: list.some((c) => assumed(c.feePeriod, c.fund)),
    };
    return [row];
  });
}

/**
 * A paper by its code, for anybody who holds it: of a certificate a person's name shows its first character only, of a bill stand
 * what was assessed and what was to be paid when it was printed. Who had it printed is on the paper alone.
 * @throws MindunError not-found, certificate-changed
 */
export const checkCertificate = defineQuery({
  name: 'insurance.certificate',
  title: { zh: '核对证明或缴费单', en: 'Check a certificate or a printed bill' },
  open: true,
  input: z.object({ code: z.string().min(1).max(40) }),
  async run(context, input): Promise<CheckedCertificate | BilledPaper> {
    const code = input.code.replace(/[\s-]/g, '').toUpperCase();
    return context.elevate(async () => {
      const row = await context.tx.one<{ body: Body | PrintedBody; sha256: string }>(
        'select body, sha256 from certificate where code = $1',
        [code],
        code,
      );
      if (paperHash(code, row.body) !== row.sha256) throw new MindunError('certificate-changed');
      const { body, sha256 } = row;
      if (body.kind === 'bill') return billed(code, body, sha256);
      const { printedBy: _, ...shown } = body;
      const name = body.kind === 'person' ? `${[...body.subjectName][0]}**` : body.subjectName;
      return { code, ...shown, subjectName: name, sha256 };
    });
  },
});

type PrintedBody = Omit<PrintedBill, 'code' | 'sha256'>;

function billed(code: string, body: PrintedBody, sha256: string): BilledPaper {
  const { bill, kind, printedAt } = body;
  return {
    code,
    kind,
    printedAt,
    number: bill.number,
    month: bill.month,
    issuedOn: bill.issuedOn,
    dueDate: bill.dueDate,
    dueAssumed: bill.dueAssumed,
    subjectName: bill.employer.name,
    subjectNumber: bill.employer.code,
    insurances: bill.insurances,
    paidFen: bill.paidFen,
    payableFen: bill.total.payableFen,
    sha256,
  };
}

/** One's own certificates, the newest first, fifty at most. */
export const certificates = defineQuery({
  name: 'insurance.certificates',
  title: { zh: '已开的证明', en: 'Certificates issued' },
  personal: true,
  input: z.object({ employer: z.string().optional(), person: z.string().optional() }),
  async run(context, input): Promise<{ rows: Omit<CertificateView, 'rows'>[] }> {
    const employer =
      input.employer === undefined ? null : (await certifiedEmployer(context, input.employer)).id;
    const person =
      input.person === undefined ? null : (await personBy(context.tx, input.person)).id;
    const rows = await context.tx.rows<{ code: string; body: Body; sha256: string }>(
      `select code, body, sha256 from certificate where kind <> 'bill' and ($1::bigint is null or employer_id = $1)
         and ($2::bigint is null or person_id = $2) order by id desc limit 50`,
      [employer, person],
    );
    context.looked({
      ...(employer === null ? {} : { employerId: employer }),
      ...(person === null ? {} : { personId: person }),
      listed: rows.length,
    });
    return {
      rows: rows.map(({ code, body: { rows: _rows, ...body }, sha256 }) => ({
        code,
        ...body,
        sha256,
      })),
    };
  },
});

/** The full certificate for its owner, to print it again. @throws MindunError not-found (also for what the actor may not see) */
export const ownCertificate = defineQuery({
  name: 'insurance.certificate-own',
  title: { zh: '开过的证明全文', en: 'A certificate in full' },
  personal: true,
  permission: 'insurance.certificates',
  input: z.object({ code: z.string().min(1) }),
  async run(context, input): Promise<CertificateView> {
    const row = await context.tx.one<{
      body: Body;
      sha256: string;
      employer: number | null;
      person: number | null;
    }>(
      `select body, sha256, employer_id as employer, person_id as person from certificate where code = $1 and kind <> 'bill'`,
      [input.code],
      input.code,
    );
    context.looked({
      ...(row.employer === null ? {} : { employerId: row.employer }),
      ...(row.person === null ? {} : { personId: row.person }),
    });
    return { code: input.code, ...row.body, sha256: row.sha256 };
  },
});
