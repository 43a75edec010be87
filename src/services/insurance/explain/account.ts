import { z } from 'zod';
import {
  citeOf,
  type Derivation,
  derivationParameter,
  type Version,
} from '../../../engines/policy/index.ts';
import { personBy, personIds } from '../../../engines/registry/index.ts';
import {
  defineQuery,
  groupBy,
  type Month,
  type PlainDate,
  period,
  type QueryContext,
  showYuan,
  sumOf,
  type Text,
} from '../../../kernel/index.ts';
import { lawOf, question } from '../law.ts';
import { recordQuery } from '../record.ts';
import type { RecordMonth, RecordView } from '../views.ts';
import { ifSet, leaf, summed } from './cells.ts';
import { accountNode } from './explain.ts';
import { type Assessed, assessments, latestRows, type PersonRow } from './store.ts';

export const accountInsurances = ['pension', 'medical'] as const;
type AccountInsurance = (typeof accountInsurances)[number];

/**
 * How the balance of an individual account came: what was taken over, year by year with its interest, and what each month brought as
 * its money came in, with the rule and the article. The values of `because` add up to each sum's own.
 * Who may see the record may ask.
 * @throws MindunError unknown-person, purpose-missing
 */
export const explainAccount = defineQuery({
  name: 'insurance.explain-account',
  title: { zh: '个人账户余额的由来', en: 'How an account balance came' },
  personal: true,
  permission: recordQuery.permission,
  input: z.object({ person: z.string().min(1), insurance: z.enum(accountInsurances) }),
  async run(context, input): Promise<Derivation> {
    const { insurance } = input;
    const record = await context.ask(recordQuery, { person: input.person });
    const { id } = await personBy(context.tx, input.person);
    return context.elevate(async () => {
      const ids = await personIds(context.tx, id);
      const years = await yearsOf(context, ids, insurance);
      const rules = await rulesOf(context, ids, monthsWith(record, insurance));
      return balanceOf(context, record, insurance, years, rules);
    });
  },
});

interface YearRow {
  readonly person: number;
  readonly fund: number;
  readonly year: number;
  readonly opening: number;
  readonly credited: number;
  readonly interest: number;
  readonly paidOut: number;
}

async function yearsOf(
  context: QueryContext,
  ids: readonly number[],
  insurance: AccountInsurance,
): Promise<YearRow[]> {
  return context.tx.rows<YearRow>(
    `select person_id as person, fund::int, year, opening, credited, interest, paid_out as "paidOut" from account_year
     where person_id = any ($1) and fund = any ($2) order by person_id, fund, year`,
    [ids, insurance === 'medical' ? [3] : [1, 2]],
  );
}

/** Months in which something is due to the account, or came to it. */
function monthsWith(record: RecordView, insurance: AccountInsurance): RecordMonth[] {
  return record.months.filter((m) => {
    const { due, came } = ofAccount(m, insurance);
    return due !== 0 || came !== 0;
  });
}

function ofAccount(month: RecordMonth, insurance: AccountInsurance): { due: number; came: number } {
  const mine = month.amounts.filter((a) => a.insurance === insurance);
  return { due: sumOf(mine, (a) => a.accountFen), came: sumOf(mine, (a) => a.creditedFen) };
}

type Ruled = (month: RecordMonth, insurance: AccountInsurance) => Derivation[];

/** The rule of each month's own assessment, by employer. */
async function rulesOf(
  context: QueryContext,
  ids: readonly number[],
  months: readonly RecordMonth[],
): Promise<Ruled> {
  const periods = [...new Set(months.map((m) => period(m.month as Month)))];
  const rows = await Promise.all(periods.map((p) => latestRows(context, ids, p)));
  const ofEmployers = [...new Set(rows.flat().map((r) => r.employer))];
  const assessed = await assessments(context, periods, ofEmployers);
  const employers = await context.tx.rows<{ id: number; publicId: string }>(
    'select id, public_id as "publicId" from employer where id = any ($1)',
    [ofEmployers],
  );
  const publicId = new Map(employers.map((e) => [e.id, e.publicId]));
  const of = groupBy(rows.flat(), (r) => `${r.feePeriod} ${publicId.get(r.employer)}`);
  return (month, insurance) =>
    (of.get(`${period(month.month as Month)} ${month.employer}`) ?? []).flatMap(
      (r: PersonRow) => accountNode(law(assessed, r), r, insurance) ?? [],
    );
}

function law(
  assessed: (billPeriod: number, feePeriod: number) => Assessed,
  row: PersonRow,
): Assessed {
  return assessed(row.billPeriod, row.feePeriod);
}

function balanceOf(
  context: QueryContext,
  record: RecordView,
  insurance: AccountInsurance,
  years: readonly YearRow[],
  ruled: Ruled,
): Derivation {
  const account = record.accounts.find((a) => a.insurance === insurance)!;
  const credit = versionOf(context, 'collection.accountCredit', context.today);
  const because = [
    ...(years.length === 0 ? [] : [openingNode(context, years, account.openingFen)]),
    ...creditNodes(record, insurance, ruled),
    ...(insurance === 'pension' ? [interestToCome(context)] : []),
  ];
  const told = summed(
    {
      rule: 'account.balance',
      label: { zh: '个人账户余额', en: 'Balance of the account' },
      formula: {
        zh: '接管时的结存，加上各月到账时记入的',
        en: 'What was taken over, and what was credited as each month’s money came in',
      },
      cite: credit === undefined ? null : citeOf(credit),
    },
    account.balanceFen,
    because,
  );
  return credit === undefined
    ? told
    : {
        ...told,
        parameters: [derivationParameter(lawOf(context.city), credit), ...told.parameters],
      };
}

function versionOf(context: QueryContext, id: string, on: PlainDate): Version | undefined {
  return ifSet(() => lawOf(context.city).version(id, question(context.city, on)));
}

/** The books that were taken over: opening, and each year's credits, interest and payments as they state them. */
function openingNode(
  context: QueryContext,
  years: readonly YearRow[],
  openingFen: number,
): Derivation {
  const because = [...groupBy(years, (y) => `${y.person} ${y.fund}`).values()].flatMap((list) => {
    const [first] = list as [YearRow, ...YearRow[]];
    const start = { zh: `${first.year}年初结存`, en: `Opening of ${first.year}` };
    return [
      leaf('account.brought-forward', start, first.opening, taken),
      ...list.flatMap((y) => yearNodes(context, y)),
    ];
  });
  return summed(
    {
      rule: 'account.opening',
      label: { zh: '接管时的结存', en: 'Taken over' },
      formula: {
        zh: '各年结存、记入、利息、支付相加',
        en: 'Opening, credits, interest and payments of the years, added',
      },
      cite: null,
    },
    openingFen,
    because,
  );
}

const taken = { zh: '接管账册所记', en: 'As the books that were taken over state' };

function yearNodes(context: QueryContext, y: YearRow): Derivation[] {
  const named = (zh: string, en: string): Text => ({
    zh: `${y.year}年${zh}`,
    en: `${y.year}: ${en}`,
  });
  const nodes = [leaf('account.year-credited', named('记入', 'credited'), y.credited, taken)];
  const interest = leaf('account.interest', named('利息', 'interest'), y.interest, taken);
  nodes.push(y.fund === 3 ? interest : withLaw(context, interest, `${y.year}-12-31` as PlainDate));
  if (y.paidOut !== 0)
    nodes.push(leaf('account.paid-out', named('支付', 'paid out'), -y.paidOut, taken));
  return nodes;
}

/** A figure of interest with the method and, where it is known, the rate of the year. */
function withLaw(context: QueryContext, node: Derivation, on: PlainDate): Derivation {
  const versions = ['account.interestMethod', 'account.interestRate'].flatMap(
    (id) => versionOf(context, id, on) ?? [],
  );
  const [method] = versions;
  return {
    ...node,
    cite: method === undefined ? null : citeOf(method),
    parameters: versions.map((v) => derivationParameter(lawOf(context.city), v)),
  };
}

/** Months of the newest year one by one, those of earlier years by year. */
function creditNodes(record: RecordView, insurance: AccountInsurance, ruled: Ruled): Derivation[] {
  const months = monthsWith(record, insurance);
  const byYear = [...groupBy(months, (m) => m.month.slice(0, 4))].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return byYear.flatMap(([year, list], i) => {
    const nodes = [...list]
      .sort((a, b) => (a.month < b.month ? -1 : 1))
      .map((m) => monthNode(m, insurance, ruled));
    if (i === byYear.length - 1) return nodes;
    const sum = sumOf(list, (m) => ofAccount(m, insurance).came);
    const label = { zh: `${year}年各月记入`, en: `Credited for ${year}` };
    const formula = { zh: `${list.length} 个月相加`, en: `${list.length} months, added` };
    return [summed({ rule: 'account.credits', label, formula, cite: null }, sum, nodes)];
  });
}

/** A month: with its rule where all of it came in; else what is due and what came of it. */
function monthNode(month: RecordMonth, insurance: AccountInsurance, ruled: Ruled): Derivation {
  const { due, came } = ofAccount(month, insurance);
  const rules = ruled(month, insurance);
  const label = {
    zh: `${month.month} ${month.employerName}`,
    en: `${month.month} ${month.employerName}`,
  };
  const whole = came === due;
  const formula: Text =
    whole && rules.length === 1
      ? rules[0]!.formula
      : {
          zh: `应进账户 ${showYuan(due)}，到账记入 ${showYuan(came)}`,
          en: `${showYuan(due)} is the account’s, ${showYuan(came)} came in and was credited`,
        };
  const told = { rule: 'account.credit', label, formula, cite: rules[0]?.cite ?? null };
  const node = summed(told, came, rules);
  return whole ? node : { ...node, because: [] };
}

/** Interest is reckoned once a year: until then none stands in the balance. */
function interestToCome(context: QueryContext): Derivation {
  const formula = {
    zh: '接管以后的利息还没有计入：年末按当年公布的利率计一次',
    en: 'No interest since the take-over is in it: it is reckoned at the year’s end by the rate published for the year',
  };
  const label = { zh: '以后的利息', en: 'Interest since' };
  return withLaw(context, leaf('account.interest', label, 0, formula), context.today);
}
