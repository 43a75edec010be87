import { insuranceOf } from '../../../engines/fund/index.ts';
import {
  callRule,
  citeOf,
  type Derivation,
  derivationParameter,
  explain,
  type Fens,
  levyByFund,
  type Question,
  type Version,
} from '../../../engines/policy/index.ts';
import {
  type CityInfo,
  firstDay,
  MindunError,
  monthOfPeriod,
  parseYuan,
  showMonth,
  showYuan,
  sumOf,
  type Text,
  yuan,
} from '../../../kernel/index.ts';
import type { CausesOf } from '../bills/causes.ts';
import { category, cells, employerShare, goesBySize, lineKind, schemeBits } from '../codes.ts';
import { lawOf, question } from '../law.ts';
import type { insurances } from '../views.ts';
import type { Assessed, PersonRow } from './store.ts';

export const insuranceNames: Readonly<Record<string, Text>> &
  Record<(typeof insurances)[number], Text> = {
  pension: { zh: '基本养老保险', en: 'Pension' },
  medical: { zh: '基本医疗保险', en: 'Medical' },
  unemployment: { zh: '失业保险', en: 'Unemployment' },
  injury: { zh: '工伤保险', en: 'Work injury' },
  maternity: { zh: '生育保险', en: 'Maternity' },
};

// A bill with more persons shows the first of them and the sum of the others; each person's own derivation is asked by person.
const personsShown = 50;

/** The amounts of a bill that are of one kind, fee month, fund and share, over all claims. */
export interface Cell {
  readonly fund: number;
  readonly share: number;
  readonly kind: number;
  readonly feePeriod: number;
  readonly amount: number;
  readonly base: number;
}

/** What a provisional amount was made from, as it was kept. */
export interface KeptProvisional {
  readonly asked: Question;
  readonly inputs: {
    readonly basis: 'paid' | 'verified' | 'provisional';
    readonly basisPeriod: number;
    readonly cells: readonly {
      readonly fund: number;
      readonly share: number;
      readonly fen: number;
    }[];
  };
  readonly versions: readonly Version[];
}

/** What stands behind the cells of a bill. */
export interface Behind {
  readonly city: CityInfo;
  readonly assessed: (feePeriod: number) => Assessed;
  readonly rows: (feePeriod: number) => readonly PersonRow[];
  readonly provisional: (feePeriod: number) => KeptProvisional | undefined;
  /** What was billed provisionally for a fee month that this bill settles, by cell. */
  readonly settled: (cell: Cell) => number;
  /** Why the bill settles an earlier fee month. */
  readonly causes: CausesOf;
}

const shares = [
  { zh: '单位', en: 'employer' },
  { zh: '个人', en: 'employees' },
];
const kinds: readonly { readonly rule: string; readonly label: Text }[] = [
  { rule: 'bill', label: { zh: '当月', en: 'current' } },
  { rule: 'provisional', label: { zh: '暂缴', en: 'provisional' } },
  { rule: 'settlement', label: { zh: '暂缴结算', en: 'settlement of a provisional amount' } },
  { rule: 'difference', label: { zh: '差额', en: 'difference' } },
  { rule: 'opening', label: { zh: '接管转入', en: 'taken over' } },
];

/** What the duty to pay a fee month in full rests on. */
export function dueCite(city: CityInfo, feePeriod: number): Derivation['cite'] {
  return lawOf(city).cite('basis.due', question(city, firstDay(monthOfPeriod(feePeriod))));
}

/** How one cell of a bill came. The values of `because` add up to its own. */
export function cellDerivation(behind: Behind, cell: Cell): Derivation {
  const insurance = insuranceOf(cell.fund);
  const kind = kinds[cell.kind - 1]!;
  const share = shares[cell.share - 1]!;
  const month = monthOfPeriod(cell.feePeriod);
  const because =
    cell.kind === lineKind.provisional
      ? provisionalNodes(behind, cell)
      : cell.kind === lineKind.current
        ? personNodes(behind, cell, currentNode)
        : [...personNodes(behind, cell, differenceNode), ...settledNodes(behind, cell)];
  return summed(
    {
      rule: `${kind.rule}.${insurance}.${cell.share === employerShare ? 'employer' : 'employee'}`,
      label: {
        zh: `${insuranceNames[insurance].zh}（${share.zh}，${month} ${kind.label.zh}）`,
        en: `${insuranceNames[insurance].en} (${share.en}, ${month}, ${kind.label.en})`,
      },
      cite: because[0]?.cite ?? null,
      formula: cellFormula(behind, cell),
    },
    cell.amount,
    because,
    cell.kind === lineKind.provisional,
  );
}

function cellFormula(behind: Behind, cell: Cell): Text {
  if (cell.kind === lineKind.provisional)
    return {
      zh: '没有申报，暂按以前的数额计',
      en: 'Not declared: by the amount of a month before',
    };
  const rows = rowsIn(behind, cell);
  const persons = rows.length;
  if (cell.kind === lineKind.current) {
    const float = floatSaid(behind, cell, rows[0]?.employer);
    return {
      zh: `${persons} 人，逐人计算到分后相加${float.zh}`,
      en: `${persons} persons, each computed to the fen, then added${float.en}`,
    };
  }
  const less = cell.kind === lineKind.settlement;
  const why = behind.causes(cell.feePeriod);
  return {
    zh: [
      `${persons} 人重新计算后的差额相加${less ? '，减去已按暂缴核定的' : ''}`,
      ...why.map((w) => w.zh),
    ].join('；'),
    en: [
      `The differences of ${persons} persons computed anew, added${less ? ', less what was billed provisionally' : ''}`,
      ...why.map((w) => w.en),
    ].join('; '),
  };
}

/** The document by which an employer has another injury rate than its class's base rate. */
function floatSaid(behind: Behind, cell: Cell, employer: number | undefined): Text {
  const assessed = behind.assessed(cell.feePeriod);
  const document =
    insuranceOf(cell.fund) === 'injury' && employer !== undefined
      ? assessed.ratings.floatDocument(employer)
      : undefined;
  if (document === undefined) return bothAlike('');
  return { zh: `；浮动费率依据 ${document}`, en: `; floating rate by ${document}` };
}

/** The column of a person's month that a cell sums. */
function columnOf(cell: Cell): number {
  return cells.find((c) => c.fund === cell.fund && c.share === cell.share)!.column;
}

/** The rows that stand in a cell: who is insured in it, and whose amount in it changed. */
function rowsIn(behind: Behind, cell: Cell): PersonRow[] {
  const column = columnOf(cell);
  const bit = schemeBits[insuranceOf(cell.fund)];
  return behind
    .rows(cell.feePeriod)
    .filter((r) => cell.fund > 2 || (cell.fund === 2) === (r.category === category.public))
    .filter((r) =>
      cell.kind === lineKind.current
        ? ((r.line?.schemes ?? 0) & bit) !== 0
        : r.amounts[column] !== 0,
    );
}

function personNodes(
  behind: Behind,
  cell: Cell,
  node: (behind: Behind, cell: Cell, row: PersonRow) => Derivation,
): Derivation[] {
  const column = columnOf(cell);
  const rows = rowsIn(behind, cell);
  const others = rows.slice(personsShown);
  const shown = rows.slice(0, personsShown).map((r) => node(behind, cell, r));
  if (others.length === 0) return shown;
  const rest = leaf(
    'bill.others',
    { zh: `其余 ${others.length} 人`, en: `${others.length} others` },
    sumOf(others, (r) => r.amounts[column]!),
    { zh: '逐人计算，各人的由来按人查', en: 'Each computed likewise; ask by person' },
  );
  return [...shown, { ...rest, assumed: shown[0]!.assumed, provisional: shown[0]!.provisional }];
}

/** Who is insured in a cell and on which base each pays, with the law that limits it. */
export function basesOf(behind: Behind, cell: Cell): Derivation {
  const insurance = insuranceNames[insuranceOf(cell.fund)];
  const rows = rowsIn(behind, cell);
  const shown = rows.slice(0, personsShown).map((row) => {
    const one = rightNow(behind.assessed(cell.feePeriod), cell.fund, cell.share, row);
    return { ...baseIn(one), label: bothAlike(row.name) };
  });
  const others = rows.length - shown.length;
  const rest = cell.base - sumOf(shown, (b) => parseYuan(b.value.replace(/[¥,]/g, '')));
  const because =
    others === 0
      ? shown
      : [
          ...shown,
          leaf('bill.others', { zh: `其余 ${others} 人`, en: `${others} others` }, rest, {
            zh: '逐人确定，各人的由来按人查',
            en: 'Each set likewise; ask by person',
          }),
        ];
  const month = monthOfPeriod(cell.feePeriod);
  return summed(
    {
      rule: 'bill.base',
      label: {
        zh: `${showMonth(month, 'zh')}${insurance.zh}缴费基数合计`,
        en: `Bases of ${showMonth(month, 'en')}, ${insurance.en}`,
      },
      formula: {
        zh: `${rows.length} 人参保，每人的缴费基数相加`,
        en: `${rows.length} persons are insured; their bases, added`,
      },
      cite: because[0]?.cite ?? null,
    },
    cell.base,
    because,
  );
}

/** The base by which a person's amount goes. */
function baseIn(of: Derivation): Derivation {
  const found = of.because.find((b) => b.rule === 'contribution.base');
  const below = found ?? of.because.map(baseIn)[0];
  if (below === undefined) throw new Error(`${of.rule} goes by no base`);
  return below;
}

function currentNode(behind: Behind, cell: Cell, row: PersonRow): Derivation {
  const one = rightNow(behind.assessed(cell.feePeriod), cell.fund, cell.share, row);
  return { ...one, label: both(row.name, one.label) };
}

/** Nothing is due for who is not on the roster any more. */
export function onNoRoster(): Derivation {
  return leaf('settlement.gone', { zh: '应缴', en: 'Due' }, 0, {
    zh: '更正或者补报以后，名册上没有这个人',
    en: 'Not on the roster as it was corrected or declared late',
  });
}

/** What a person's amount is by the roster and the law of the row's own assessment. */
function rightNow(assessed: Assessed, fund: number, share: number, row: PersonRow): Derivation {
  const formula = formulaOf(fund, share);
  const missing = missingSize(assessed, row.employer, { fund, share });
  if (missing !== undefined) return notComputed(fund, missing);
  if (row.line === null) return onNoRoster();
  return explain(formula, assessed.law, assessed.asked, {
    ...row.line,
    ...assessed.ratings.of(row.employer),
  });
}

/** The document without which a cell of an employer was not computed, as its size was not known. */
export function missingSize(
  assessed: Assessed,
  employer: number,
  cell: { readonly fund: number; readonly share: number },
): string | undefined {
  if (!goesBySize(cell) || assessed.ratings.of(employer).employerSize > 0) return undefined;
  return assessed.bySize.find((m) => m.fund === cell.fund)?.document;
}

function differenceNode(behind: Behind, cell: Cell, row: PersonRow): Derivation {
  const column = columnOf(cell);
  const now = rightNow(behind.assessed(cell.feePeriod), cell.fund, cell.share, row);
  const before = row.before[column]!;
  const standing = leaf(
    'settlement.standing',
    { zh: '减：此前已核定', en: 'Less: assessed before' },
    -before,
    { zh: '此前各次核定之和', en: 'The sum of the assessments before' },
  );
  return summed(
    {
      rule: 'settlement.person',
      label: { zh: row.name, en: row.name },
      formula: bothAlike(`${now.value} − ${showYuan(before)}`),
      cite: dueCite(behind.city, cell.feePeriod),
    },
    row.amounts[column]!,
    [now, standing],
  );
}

/** What was billed provisionally for the cell, taken off by its settlement. */
function settledNodes(behind: Behind, cell: Cell): Derivation[] {
  if (cell.kind !== lineKind.settlement) return [];
  const amount = behind.settled(cell);
  const [node] = provisionalNodes(behind, { ...cell, amount });
  if (node === undefined || amount === 0) return [];
  return [
    {
      ...node,
      rule: 'settlement.provisional',
      label: { zh: '减：已按暂缴核定', en: 'Less: billed provisionally' },
      value: showYuan(-amount),
    },
  ];
}

function provisionalNodes(behind: Behind, cell: Cell): Derivation[] {
  const kept = behind.provisional(cell.feePeriod);
  const basis = kept?.inputs.cells.find((c) => c.fund === cell.fund && c.share === cell.share);
  if (kept === undefined || basis === undefined) return [];
  const law = lawOf(behind.city).asKept(kept.versions);
  const { derivation, versions } = callRule(law, 'contribution.provisional', kept.asked, {
    lastMonthPaid: yuan(basis.fen),
  });
  const month = monthOfPeriod(kept.inputs.basisPeriod);
  const how = basisNames[kept.inputs.basis];
  const [factor] = versions;
  return [
    {
      ...derivation,
      label: { zh: `${month} ${how.zh}`, en: `${month}, ${how.en}` },
      value: showYuan(cell.amount),
      formula: {
        zh: `${month} ${how.zh} ${showYuan(basis.fen)}；${derivation.formula.zh}`,
        en: `${how.en} for ${month}: ${showYuan(basis.fen)}; ${derivation.formula.en}`,
      },
      cite: citeOf(factor!),
      parameters: kept.versions.map((v) => derivationParameter(law, v)),
      assumed: kept.versions.some((v) => v.assumed),
      provisional: true,
    },
  ];
}

/** What a provisional amount goes by, in words. */
export const basisNames = {
  paid: { zh: '已缴', en: 'Paid' },
  verified: { zh: '申报核定', en: 'Assessed as declared' },
  provisional: { zh: '暂缴核定', en: 'Billed provisionally' },
} as const;

/** The formula of a fund's share. */
export function formulaOf(fund: number, share: number): Fens {
  const ending = share === employerShare ? 'Employer' : 'Employee';
  const found = Object.entries(levyByFund[fund] ?? {}).find(([name]) => name.endsWith(ending));
  if (found === undefined) throw new Error(`fund ${fund} has no share ${share}`);
  return found[1];
}

/** Stands where the amount would of what could not be computed; its formula names the missing document. */
export const noFigure = '—';

/** A fund that could not be computed: no figure, and the document that is missing. */
export function notComputed(fund: number, document: string): Derivation {
  const formula = { zh: `未计算：缺 ${document}`, en: `Not computed: missing ${document}` };
  const insurance = insuranceOf(fund);
  return { ...leaf(`levy.${insurance}`, insuranceNames[insurance], 0, formula), value: noFigure };
}

type Told = Pick<Derivation, 'rule' | 'label' | 'formula' | 'cite'>;

/** A sum of other figures. */
export function summed(
  told: Told,
  value: number,
  because: readonly Derivation[],
  provisional = false,
): Derivation {
  const parameters = because.flatMap((b) => b.parameters);
  return {
    ...told,
    value: showYuan(value),
    parameters: [...new Map(parameters.map((p) => [`${p.id} ${p.from}`, p])).values()],
    assumed: because.some((b) => b.assumed),
    provisional: provisional || because.some((b) => b.provisional),
    because,
  };
}

/** A figure with nothing below it. */
export function leaf(rule: string, label: Text, value: number, formula: Text): Derivation {
  return summed({ rule, label, formula, cite: null }, value, []);
}

export function bothAlike(text: string): Text {
  return { zh: text, en: text };
}

function both(name: string, label: Text): Text {
  return { zh: `${name} ${label.zh}`, en: `${name} ${label.en}` };
}

/** What a call answers, or undefined where a parameter is not set. */
export function ifSet<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof MindunError && error.code === 'parameter-unset') return undefined;
    throw error;
  }
}
