import { z } from 'zod';
import { insuranceOf } from '../../../engines/fund/index.ts';
import {
  type Derivation,
  explain,
  levyByFund,
  type Version,
} from '../../../engines/policy/index.ts';
import {
  type EmployerRow,
  employerBy,
  employersByIds,
  personBy,
  personIds,
  unknownPerson,
} from '../../../engines/registry/index.ts';
import {
  defineQuery,
  MindunError,
  type Month,
  type PlainDate,
  period,
  type QueryContext,
  month as readMonth,
  sumOf,
  type Text,
} from '../../../kernel/index.ts';
import { causesOf } from '../bills/causes.ts';
import { billOf } from '../bills/view.ts';
import { category, cells, employeeShare, employerShare, lineKind } from '../codes.ts';
import { question } from '../law.ts';
import { balanceFigures, insurances, type PersonDerivation } from '../views.ts';
import { balanceOf } from './balance.ts';
import {
  type Behind,
  basesOf,
  bothAlike,
  type Cell,
  cellDerivation,
  dueCite,
  formulaOf,
  ifSet,
  type KeptProvisional,
  missingSize,
  noFigure,
  notComputed,
  onNoRoster,
  summed,
} from './cells.ts';
import { type Assessed, assessments, latestRows, type PersonRow, rowsOfBill } from './store.ts';

export { insuranceNames, noFigure } from './cells.ts';

/** Arrears and late fees are in the sum of a whole bill; what of it is to be paid now is told beside it. */
export interface BillDerivation extends Derivation {
  readonly payable: Derivation;
}

/** What a bill's derivation is asked for: its amounts, the bases they go by, or one of its own sums. */
const billFigures = ['amount', 'base', ...balanceFigures] as const;

/**
 * How a bill's amounts came: by insurance, share and fee month, down to each person's wage; from what the bill was made from, whatever
 * was corrected since. Without an insurance, a month and a figure: of the whole bill, with arrears, late fees and what is to be paid
 * now. With `feeMonth` the lines of that month only; with `figure` the bases of an insurance, or one of the bill's own sums. The values
 * of `because` add up to each sum's own.
 * @throws MindunError unknown-employer, not-found
 */
export const explainBill = defineQuery({
  name: 'insurance.explain-bill',
  title: { zh: '缴费单的由来', en: 'How a bill came' },
  input: z.object({
    employer: z.string().min(1),
    month: z.string(),
    insurance: z.enum(insurances).optional(),
    feeMonth: z.string().optional(),
    figure: z.enum(billFigures).default('amount'),
  }),
  async run(context, input): Promise<Derivation | BillDerivation> {
    const employer = await employerBy(context.tx, input.employer);
    const month = readMonth(input.month);
    const feePeriod = input.feeMonth === undefined ? undefined : period(readMonth(input.feeMonth));
    context.looked({ employerId: employer.id });
    const { insurance, figure } = input;
    const wanted = (of: { fund: number; feePeriod: number }): boolean => {
      const insured = insurance === undefined || insuranceOf(of.fund) === insurance;
      return insured && (feePeriod === undefined || of.feePeriod === feePeriod);
    };
    return context.elevate(async () => {
      if (figure === 'base') return basesDerivation(context, employer, month, wanted);
      if (figure !== 'amount')
        return balanceOf(context, await billOf(context, employer, month))[figure]();
      if (insurance !== undefined || feePeriod !== undefined)
        return billDerivation(context, employer, month, wanted);
      return wholeDerivation(context, employer, month);
    });
  },
});

/** A whole bill: its lines, the arrears and late fees that it tells, and beside them what is to be paid now. */
async function wholeDerivation(
  context: QueryContext,
  employer: EmployerRow,
  month: Month,
): Promise<BillDerivation> {
  const lines = await billDerivation(context, employer, month, () => true);
  const view = await billOf(context, employer, month);
  const balance = balanceOf(context, view);
  const { employerFen, employeeFen, arrearsFen, lateFeeFen } = view.total;
  const whole = total(
    { rule: lines.rule, cite: lines.cite },
    lines.label,
    employerFen + employeeFen + arrearsFen + lateFeeFen,
    [
      ...lines.because,
      ...(view.arrears.length === 0 ? [] : [balance.arrears()]),
      ...(view.lateFees.length === 0 ? [] : [balance['late-fee']()]),
    ],
  );
  return { ...whole, payable: balance.payable() };
}

interface Made {
  readonly found: readonly Cell[];
  readonly behind: Behind;
}

/** A bill's cells and what stands behind them. @throws MindunError not-found */
async function madeOf(context: QueryContext, employer: EmployerRow, month: Month): Promise<Made> {
  const bill = await context.tx.maybe<{ id: number }>(
    `select id from bill where employer_id = $1 and period = $2 and kind = 'month'`,
    [employer.id, period(month)],
  );
  if (bill === undefined) throw notFound(employer, month);
  const found = await cellsOf(context, bill.id, month);
  return {
    found,
    behind: await behindOf(context, { id: bill.id, employer: employer.id }, month, found),
  };
}

function notFound(employer: EmployerRow, month: Month): MindunError {
  return new MindunError('not-found', { what: `${employer.name} ${month}` });
}

/** The persons and bases of an insurance's row. */
async function basesDerivation(
  context: QueryContext,
  employer: EmployerRow,
  month: Month,
  wanted: Parameters<typeof billDerivation>[3],
): Promise<Derivation> {
  const { found, behind } = await madeOf(context, employer, month);
  const mine = found.filter((c) => c.kind === lineKind.current && wanted(c));
  const cell = mine.find((c) => c.share === employerShare) ?? mine[0];
  if (cell === undefined) throw notFound(employer, month);
  return basesOf(behind, cell);
}

async function billDerivation(
  context: QueryContext,
  employer: EmployerRow,
  month: Month,
  wanted: (of: { fund: number; feePeriod: number }) => boolean,
): Promise<Derivation> {
  const { found, behind } = await madeOf(context, employer, month);
  const others = employer.category === category.public ? 1 : 2;
  const missing = behind.assessed(period(month)).notComputed.filter((m) => m.fund !== others);
  const shown = found.filter(wanted);
  const because = [
    ...shown.map((c) => cellDerivation(behind, c)),
    ...[...missing, ...withoutSize(behind, employer.id, month, found)]
      .filter((m) => wanted({ ...m, feePeriod: period(month) }))
      .map((m) => notComputed(m.fund, m.document)),
  ];
  if (because.length === 0) throw notFound(employer, month);
  return total(
    { rule: 'bill.total', cite: dueCite(context.city, period(month)) },
    { zh: `${month} 应缴合计`, en: `Due for ${month}` },
    sumOf(shown, (c) => c.amount),
    because,
  );
}

/** The employer's shares that the bill leaves out, as the employer's size was not known. */
function withoutSize(
  behind: Behind,
  employer: number,
  month: Month,
  found: readonly Cell[],
): { readonly fund: number; readonly document: string }[] {
  const assessed = behind.assessed(period(month));
  return assessed.bySize.filter(({ fund }) => {
    const cell = { fund, share: employerShare };
    const billed = found.some(
      (c) => c.fund === fund && c.share === employerShare && c.feePeriod === period(month),
    );
    return !billed && missingSize(assessed, employer, cell) !== undefined;
  });
}

async function cellsOf(context: QueryContext, bill: number, month: Month): Promise<Cell[]> {
  return context.tx.rows<Cell>(
    `select fund::int, share::int, kind::int, fee_period as "feePeriod", sum(amount)::bigint as amount,
       sum(base)::bigint as base
     from bill_line where bill_id = $1 and period = $2 group by 1, 2, 3, 4 order by 3, 4, 1, 2`,
    [bill, period(month)],
  );
}

async function behindOf(
  context: QueryContext,
  bill: { readonly id: number; readonly employer: number },
  month: Month,
  found: readonly Cell[],
): Promise<Behind> {
  const feePeriods = [...new Set([period(month), ...found.map((c) => c.feePeriod)])];
  const assessed = await assessments(context, feePeriods, [bill.employer]);
  const rows = new Map<number, PersonRow[]>();
  for (const of of feePeriods) rows.set(of, await rowsOfBill(context, bill, of));
  const provisional = await provisionalOf(context, bill.employer, feePeriods);
  const settled = await context.tx.rows<{ key: string; amount: number }>(
    `select fee_period || ' ' || fund || ' ' || share as key, sum(amount)::bigint as amount from bill_line
     where employer_id = $1 and fee_period = any ($2) and kind = $3 group by 1`,
    [bill.employer, feePeriods, lineKind.provisional],
  );
  const billed = new Map(settled.map((s) => [s.key, s.amount]));
  return {
    city: context.city,
    assessed: (of) => assessed(period(month), of),
    rows: (of) => rows.get(of) ?? [],
    provisional: (of) => provisional.get(of),
    causes: await causesOf(context, bill.employer, month, feePeriods),
    settled: (c) => billed.get(`${c.feePeriod} ${c.fund} ${c.share}`) ?? 0,
  };
}

/** What an employer's provisional months were made from, as it was kept. */
async function provisionalOf(
  context: QueryContext,
  employer: number,
  feePeriods: readonly number[],
): Promise<Map<number, KeptProvisional>> {
  const rows = await context.tx.rows<{
    feePeriod: number;
    onDay: PlainDate;
    inputs: KeptProvisional['inputs'];
    versions: readonly Version[];
  }>(
    `select period as "feePeriod", on_day::text as "onDay", inputs, versions from determination
     where employer_id = $1 and period = any ($2) and kind = 'provisional'`,
    [employer, feePeriods],
  );
  return new Map(
    rows.map((r) => [
      r.feePeriod,
      { asked: question(context.city, r.onDay), inputs: r.inputs, versions: r.versions },
    ]),
  );
}

/**
 * How a person's month came, as it stands: from the latest assessment of it and the roster that counted then.
 * @throws MindunError unknown-person, not-found, purpose-missing
 */
export const explainPerson = defineQuery({
  name: 'insurance.explain-person',
  title: { zh: '个人缴费的由来', en: 'How a person’s month came' },
  personal: true,
  input: z.object({ person: z.string().min(1), month: z.string() }),
  async run(context, input): Promise<PersonDerivation> {
    const person = await explainable(context, input.person);
    const month = readMonth(input.month);
    context.looked({ personId: person.id });
    // An employer's handler is told what comes from this employer, and nothing of any other.
    const only = context.caller.actor.reach.employer;
    return context.elevate(() => personDerivation(context, person.id, month, only));
  },
});

/**
 * The person whose month is asked for, as far as the actor may see: an employer those who are or were enrolled with it; of anybody
 * else it does not learn that there is a file. @throws MindunError unknown-person
 */
async function explainable(context: QueryContext, key: string): Promise<{ readonly id: number }> {
  if (context.caller.actor.reach.role !== 'employer') return personBy(context.tx, key);
  const person = await context.elevate(() => personBy(context.tx, key));
  const files = await context.elevate(() => personIds(context.tx, person.id));
  const own = await context.tx.maybe('select 1 from spell where person_id = any ($1) limit 1', [
    files,
  ]);
  if (own === undefined) throw unknownPerson(key);
  return person;
}

async function personDerivation(
  context: QueryContext,
  person: number,
  month: Month,
  only: number | undefined,
): Promise<PersonDerivation> {
  const ids = await personIds(context.tx, person);
  const rows = (await latestRows(context, ids, period(month))).filter(
    (r) => only === undefined || r.employer === only,
  );
  if (rows.length === 0) throw new MindunError('not-found', { what: month });
  const employers = await employersByIds(context.tx, [...new Set(rows.map((r) => r.employer))]);
  const assessed = await assessments(context, [period(month)], [...employers.keys()]);
  const cite = dueCite(context.city, period(month));
  const named = rows.map((row) => ({
    row,
    assessed: assessed(row.billPeriod, row.feePeriod),
    label: bothAlike(employers.get(row.employer)!.name),
  }));
  const of = (row: PersonRow, columns: readonly number[]): number =>
    sumOf(columns, (c) => row.before[c]! + row.amounts[c]!);
  const sum = (columns: readonly number[]): number => sumOf(rows, (r) => of(r, columns));
  const levied = named.map((n) =>
    total(
      { rule: 'person.employer', cite },
      n.label,
      of(n.row, levyColumns),
      levyNodes(n.assessed, n.row),
    ),
  );
  const credited = named.map((n) =>
    total(
      { rule: 'person.account', cite },
      n.label,
      of(n.row, accountColumns),
      accountNodes(n.assessed, n.row),
    ),
  );
  const title = { zh: `${month} 缴费`, en: `Contributions for ${month}` };
  const toAccounts = { zh: '其中进个人账户', en: 'Of it to the individual accounts' };
  return {
    ...total({ rule: 'person.month', cite }, title, sum(levyColumns), levied),
    accounts: total({ rule: 'person.accounts', cite }, toAccounts, sum(accountColumns), credited),
  };
}

/** Columns of a person's month that are contributions, and those that are account money out of them. */
const levyColumns = [...new Set(cells.map((c) => c.column))];
const accountColumns = [3, 6];

const everyShare = Object.keys(levyByFund)
  .map(Number)
  .flatMap((fund) =>
    [employerShare, employeeShare]
      .filter((share) => cells.some((c) => c.fund === fund && c.share === share))
      .map((share) => ({ fund, share })),
  );

/** Funds a person can stand in: one pension or the other. */
function fits(fund: number, row: PersonRow): boolean {
  return fund > 2 || (fund === 2) === (row.category === category.public);
}

function levyNodes(assessed: Assessed, row: PersonRow): Derivation[] {
  const { line } = row;
  if (line === null) return [onNoRoster()];
  const inputs = { ...line, ...assessed.ratings.of(row.employer) };
  return everyShare
    .filter(({ fund }) => fits(fund, row))
    .flatMap(({ fund, share }) => {
      const whole = assessed.notComputed.find((m) => m.fund === fund)?.document;
      // What lacks a document for both shares is told once.
      if (whole !== undefined) return share === employerShare ? [notComputed(fund, whole)] : [];
      const missing = missingSize(assessed, row.employer, { fund, share });
      return missing === undefined
        ? [explain(formulaOf(fund, share), assessed.law, assessed.asked, inputs)]
        : [notComputed(fund, missing)];
    });
}

function accountNodes(assessed: Assessed, row: PersonRow): Derivation[] {
  if (row.line === null) return [onNoRoster()];
  return (['pension', 'medical'] as const).flatMap((of) => accountNode(assessed, row, of) ?? []);
}

/** What a person's month brings to an account, by the rule of its own assessment; undefined where nothing is computed for it. */
export function accountNode(
  assessed: Assessed,
  row: PersonRow,
  of: 'pension' | 'medical',
): Derivation | undefined {
  const { line } = row;
  if (line === null) return undefined;
  const formula =
    of === 'medical'
      ? levyByFund[3]!['medicalAccount']!
      : // All of a public employee's pension share is his account's.
        row.category === category.public
        ? formulaOf(2, employeeShare)
        : levyByFund[1]!['pensionAccount']!;
  return ifSet(() => explain(formula, assessed.law, assessed.asked, { ...line }));
}

function total(
  of: Pick<Derivation, 'rule' | 'cite'>,
  label: Text,
  value: number,
  because: readonly Derivation[],
): Derivation {
  const known = because.filter((b) => b.value !== noFigure);
  const without = because.filter((b) => b.value === noFigure);
  const says = (language: 'zh' | 'en', missing: string): string =>
    [
      known.map((b) => b.value).join(' + '),
      without.length === 0 ? '' : `${missing}${without.map((b) => b.label[language]).join(', ')}`,
    ]
      .filter((part) => part !== '')
      .join('; ');
  const formula = { zh: says('zh', '未计算：'), en: says('en', 'not computed: ') };
  const told = summed({ ...of, label, formula }, value, because);
  // Of nothing that could be computed there is no sum, not even of nothing.
  return known.length === 0 ? { ...told, value: noFigure } : told;
}
