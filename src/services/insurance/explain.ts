import { z } from 'zod';
import { insuranceOf } from '../../engines/fund/index.ts';
import { type Derivation, explain, type Fens, levyByFund } from '../../engines/policy/index.ts';
import { type EmployerRow, employerBy, personBy, personIds } from '../../engines/registry/index.ts';
import {
  defineQuery,
  firstDay,
  MindunError,
  type Month,
  type PlainDate,
  period,
  type QueryContext,
  month as readMonth,
  showYuan,
  sumOf,
  type Text,
} from '../../kernel/index.ts';
import { category, schemeBits } from './codes.ts';
import { lawOf, question } from './law.ts';
import { insurances } from './views.ts';

// A bill with more persons shows the first of them; each person's own derivation is asked by person.
const personsShown = 50;

/** The formulas of a fund's shares. */
function formulas(fund: number): { employer?: Fens; employee?: Fens } {
  const of = levyByFund[fund] ?? {};
  const find = (ending: string): Fens | undefined =>
    Object.entries(of).find(([name]) => name.endsWith(ending))?.[1];
  const employer = find('Employer');
  const employee = find('Employee');
  return {
    ...(employer === undefined ? {} : { employer }),
    ...(employee === undefined ? {} : { employee }),
  };
}

interface Assessed {
  readonly knownOn: PlainDate;
}

interface PersonLine {
  readonly person: number;
  readonly name: string;
  readonly wage: number;
  readonly category: number;
  readonly injuryClass: number;
  readonly schemes: number;
}

/** How a bill's amounts came: by insurance and share, down to each person's wage. @throws MindunError unknown-employer, not-found */
export const explainBill = defineQuery({
  name: 'insurance.explain-bill',
  title: { zh: '缴费单的由来', en: 'How a bill came' },
  input: z.object({
    employer: z.string().min(1),
    month: z.string(),
    insurance: z.enum(insurances).optional(),
  }),
  async run(context, input): Promise<Derivation> {
    const employer = await employerBy(context.tx, input.employer);
    const month = readMonth(input.month);
    context.looked({ employerId: employer.id });
    return context.elevate(() => billDerivation(context, employer, month, input.insurance));
  },
});

interface Cell {
  readonly fund: number;
  readonly share: number;
  readonly kind: number;
  readonly feePeriod: number;
  readonly persons: number;
  readonly amount: number;
}

async function billDerivation(
  context: QueryContext,
  employer: EmployerRow,
  month: Month,
  insurance: string | undefined,
): Promise<Derivation> {
  const cells = (
    await context.tx.rows<Cell>(
      `select l.fund::int, l.share::int, l.kind::int, l.fee_period as "feePeriod", l.persons, l.amount from bill_line l
       join bill b on b.id = l.bill_id
       where b.employer_id = $1 and b.period = $2 and l.period = $2 and b.kind = 'month'
       order by l.kind, l.fee_period, l.fund, l.share`,
      [employer.id, period(month)],
    )
  ).filter((c) => insurance === undefined || insuranceOf(c.fund) === insurance);
  const missing = (await notComputedOf(context, employer, month)).filter(
    (m) => insurance === undefined || insuranceOf(m.fund) === insurance,
  );
  if (cells.length + missing.length === 0)
    throw new MindunError('not-found', { what: `${employer.name} ${month}` });
  const assessed = await assessmentOf(context, month);
  const persons = await personLines(context, employer.id, month);
  const because = [
    ...cells.map((c) => cellDerivation(context, month, assessed, c, persons)),
    ...missing.map((m) => notComputed(m.fund, m.document)),
  ];
  const sum = sumOf(cells, (c) => c.amount);
  return {
    rule: 'bill.total',
    label: { zh: `${month} 应缴合计`, en: `Due for ${month}` },
    value: showYuan(sum),
    formula: joinedBy(
      ' + ',
      because.map((b) => b.value),
    ),
    cite: { document: '社会保险费征缴暂行条例', article: '第四条' },
    parameters: [],
    assumed: because.some((b) => b.assumed),
    provisional: because.some((b) => b.provisional),
    because,
  };
}

/** The employer's funds that could not be computed for a billed month, each with the document that is missing. */
async function notComputedOf(
  context: QueryContext,
  employer: EmployerRow,
  month: Month,
): Promise<{ fund: number; document: string }[]> {
  const row = await context.tx.maybe<{ funds: { fund: number; document: string }[] }>(
    `select a.not_computed -> 'funds' as funds from assessment a
     join bill b on b.period = a.fee_period and b.kind = 'month' and b.employer_id = $2
     where a.fee_period = $1 and a.number = 1`,
    [period(month), employer.id],
  );
  const others = employer.category === category.public ? 1 : 2;
  return (row?.funds ?? []).filter((f) => f.fund !== others);
}

function joinedBy(sign: string, texts: readonly string[]): Text {
  const text = texts.join(sign);
  return { zh: text, en: text };
}

const shares = [
  { zh: '单位', en: 'employer' },
  { zh: '个人', en: 'employees' },
];
const kinds: readonly Text[] = [
  { zh: '当月', en: 'current' },
  { zh: '暂按上月数额的110%', en: 'provisional: 110 % of the month before' },
  { zh: '暂缴结算', en: 'settlement of a provisional amount' },
  { zh: '差额', en: 'difference' },
  { zh: '接管转入', en: 'taken over' },
];

function cellDerivation(
  context: QueryContext,
  month: Month,
  assessed: Assessed,
  cell: Cell,
  persons: readonly PersonLine[],
): Derivation {
  const formula = formulas(cell.fund)[cell.share === 1 ? 'employer' : 'employee'];
  const asked = question(context.city, firstDay(month), assessed.knownOn);
  const insurance = insuranceOf(cell.fund);
  const mine = persons.filter(
    (p) =>
      (p.schemes & schemeBits[insurance]) !== 0 &&
      (insurance !== 'pension' || (cell.fund === 2) === (p.category === 2)),
  );
  const because =
    cell.kind !== 1 || formula === undefined
      ? []
      : mine.slice(0, personsShown).map((p) => {
          const one = explain(formula, lawOf(context.city), asked, inputsOf(p));
          return {
            ...one,
            label: { zh: `${p.name} ${one.label.zh}`, en: `${p.name} ${one.label.en}` },
          };
        });
  const rest = cell.persons - because.length;
  return {
    rule: `bill.${insurance}.${cell.share === 1 ? 'employer' : 'employee'}`,
    label: {
      zh: `${insuranceNames[insurance].zh}（${shares[cell.share - 1]!.zh}，${kinds[cell.kind - 1]!.zh}）`,
      en: `${insuranceNames[insurance].en} (${shares[cell.share - 1]!.en}, ${kinds[cell.kind - 1]!.en})`,
    },
    value: showYuan(cell.amount),
    formula: {
      zh: `${cell.persons} 人，逐人计算到分后相加${rest > 0 && because.length > 0 ? `（另 ${rest} 人未列）` : ''}`,
      en: `${cell.persons} persons, each computed to the fen, then added${rest > 0 && because.length > 0 ? ` (${rest} more not listed)` : ''}`,
    },
    cite: because[0]?.cite ?? { document: '社会保险费征缴暂行条例', article: '第十条' },
    parameters: [...new Map(because.flatMap((b) => b.parameters).map((p) => [p.id, p])).values()],
    assumed: because.some((b) => b.assumed),
    provisional: because.some((b) => b.provisional) || cell.kind === 2,
    because,
  };
}

export const insuranceNames: Readonly<Record<string, Text>> &
  Record<(typeof insurances)[number], Text> = {
  pension: { zh: '基本养老保险', en: 'Pension' },
  medical: { zh: '基本医疗保险', en: 'Medical' },
  unemployment: { zh: '失业保险', en: 'Unemployment' },
  injury: { zh: '工伤保险', en: 'Work injury' },
  maternity: { zh: '生育保险', en: 'Maternity' },
};

function inputsOf(p: PersonLine): Record<string, number> {
  return { wage: p.wage, category: p.category, injuryClass: p.injuryClass, schemes: p.schemes };
}

async function assessmentOf(context: QueryContext, month: Month): Promise<Assessed> {
  return context.tx.one<Assessed>(
    `select known_on::text as "knownOn" from assessment where fee_period = $1 order by number desc limit 1`,
    [period(month)],
    month,
  );
}

async function personLines(
  context: QueryContext,
  employer: number,
  month: Month,
  persons?: readonly number[],
): Promise<PersonLine[]> {
  return context.tx.rows<PersonLine>(
    `select distinct on (r.person_id) r.person_id as person, f.name, r.wage, r.category::int,
       r.injury_class::int as "injuryClass", r.schemes::int
     from roster_line r
     join person_month m on m.period = r.period and m.person_id = r.person_id and m.employer_id = r.employer_id
     left join person_fact f on upper_inf(f.known) and upper_inf(f.valid) and f.person_id =
       case when exists (select from person_merge where merged = r.person_id) then person_kept(r.person_id) else r.person_id end
     where r.period = $1 and r.employer_id = $2 and ($3::bigint[] is null or r.person_id = any ($3))
     order by r.person_id, r.declaration_id desc`,
    [period(month), employer, persons ?? null],
  );
}

/** How a person's month came. @throws MindunError unknown-person, not-found, purpose-missing */
export const explainPerson = defineQuery({
  name: 'insurance.explain-person',
  title: { zh: '个人缴费的由来', en: 'How a person’s month came' },
  personal: true,
  input: z.object({ person: z.string().min(1), month: z.string() }),
  async run(context, input): Promise<Derivation> {
    const person = await personBy(context.tx, input.person);
    const month = readMonth(input.month);
    context.looked({ personId: person.id });
    return context.elevate(async () => {
      const ids = await personIds(context.tx, person.id);
      const employers = await context.tx.rows<{ employer: number; name: string }>(
        `select distinct m.employer_id as employer, f.name from person_month m
         join employer_fact f on f.employer_id = m.employer_id and upper_inf(f.known) and upper_inf(f.valid)
         where m.period = $1 and m.person_id = any ($2) order by 1`,
        [period(month), ids],
      );
      if (employers.length === 0) throw new MindunError('not-found', { what: month });
      const assessed = await assessmentOf(context, month);
      const because: Derivation[] = [];
      for (const { employer, name } of employers) {
        for (const line of await personLines(context, employer, month, ids))
          because.push(employerDerivation(context, month, assessed, name, line));
      }
      return summed(
        'person.month',
        { zh: `${month} 缴费`, en: `Contributions for ${month}` },
        because,
      );
    });
  },
});

function employerDerivation(
  context: QueryContext,
  month: Month,
  assessed: Assessed,
  name: string,
  line: PersonLine,
): Derivation {
  const asked = question(context.city, firstDay(month), assessed.knownOn);
  const law = lawOf(context.city);
  const because: Derivation[] = [];
  for (const fund of Object.keys(levyByFund).map(Number)) {
    if (fund <= 2 && (fund === 2) !== (line.category === 2)) continue;
    for (const formula of Object.values(formulas(fund))) {
      try {
        because.push(explain(formula, law, asked, inputsOf(line)));
      } catch (error) {
        if (!(error instanceof MindunError) || error.code !== 'parameter-unset') throw error;
        because.push(notComputed(fund, String(error.details['document'])));
      }
    }
  }
  return summed('person.employer', { zh: name, en: name }, because);
}

function notComputed(fund: number, document: string): Derivation {
  return {
    rule: `levy.${insuranceOf(fund)}`,
    label: insuranceNames[insuranceOf(fund)],
    value: showYuan(0),
    formula: { zh: `未计算：缺 ${document}`, en: `Not computed: missing ${document}` },
    cite: null,
    parameters: [],
    assumed: false,
    provisional: false,
    because: [],
  };
}

function summed(rule: string, label: Text, because: readonly Derivation[]): Derivation {
  const fen = sumOf(because, (b) => fenOf(b.value));
  return {
    rule,
    label,
    value: showYuan(fen),
    formula: joinedBy(
      ' + ',
      because.map((b) => b.value),
    ),
    cite: { document: '社会保险费征缴暂行条例', article: '第四条' },
    parameters: [],
    assumed: because.some((b) => b.assumed),
    provisional: because.some((b) => b.provisional),
    because,
  };
}

function fenOf(value: string): number {
  return Number(value.replace('\u2212', '-').replace(/[¥,.]/g, ''));
}
