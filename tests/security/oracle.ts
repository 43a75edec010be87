import {
  type Asker,
  type EmployerFacts,
  type PersonFacts,
  type World,
  wholeCity,
} from './oracle-world.ts';

/** What a decision came to. `nobody`: as if there were no such thing. `permitted`: let through, whatever the business then says. */
export type Outcome =
  | 'permitted'
  | 'sign-in-needed'
  | 'not-permitted'
  | 'whole-city-only'
  | 'purpose-missing'
  | 'purpose-of-others'
  | 'matter-missing'
  | 'unknown-matter'
  | 'matter-of-others'
  | 'conflict-of-interest'
  | 'proposal-own'
  | 'grant-own'
  | 'grant-beyond-reach'
  | 'nobody';

export const outcomes: readonly Outcome[] = [
  'permitted',
  'sign-in-needed',
  'not-permitted',
  'whole-city-only',
  'purpose-missing',
  'purpose-of-others',
  'matter-missing',
  'unknown-matter',
  'matter-of-others',
  'conflict-of-interest',
  'proposal-own',
  'grant-own',
  'grant-beyond-reach',
  'nobody',
];

/** Who asks, what for, for which matter, and how far the right reaches. */
export interface View {
  readonly world: World;
  readonly asker: Asker;
  readonly purpose: string;
  readonly matter: string | undefined;
  /** Of staff: the range of the right. */
  readonly range: { readonly lo: number; readonly hi: number };
}
export type Step = (view: View) => Outcome | null;
export type Pick = (below: number) => number;

export interface Rule {
  /** Letters of the roles that have the right: c clerk, a accountant, r cashier, k checker, h handler, p insured person, u auditor, s staff administrator, o personal data officer; the operator has all. */
  readonly who: string;
  readonly open?: true;
  readonly personal?: true;
  readonly whole?: true;
  /** Takes long when it is let through: that is done a few times only. */
  readonly slow?: true;
  /** A list that shows nothing of what was asked for shows nobody. */
  readonly empty?: (answer: unknown) => boolean;
  readonly ask: (
    world: World,
    pick: Pick,
    asker: Asker,
  ) => { readonly input: object; readonly steps: readonly Step[] };
}

const letters: Readonly<Record<string, string>> = {
  'collection-clerk': 'c',
  'fund-accountant': 'a',
  cashier: 'r',
  'contribution-checker': 'k',
  auditor: 'u',
  'staff-administrator': 's',
  'privacy-officer': 'o',
};

export const within = (area: number, { lo, hi }: { lo: number; hi: number }): boolean =>
  area >= lo && area <= hi;

export const seesEmployer =
  (e: EmployerFacts): Step =>
  ({ asker, range }) => {
    const sees =
      { employer: asker.stands === e.code, staff: within(e.area, range), operator: true }[
        asker.kind as string
      ] ?? false;
    return sees ? null : 'nobody';
  };
export const seesPerson =
  (p: PersonFacts): Step =>
  ({ asker, range }) => {
    const sees =
      { person: asker.stands === p.number, staff: within(p.area, range), operator: true }[
        asker.kind as string
      ] ?? false;
    return sees ? null : 'nobody';
  };

export const entangled =
  (...keys: readonly string[]): Step =>
  ({ asker }) =>
    keys.some((k) => asker.conflicts.has(k)) ? 'conflict-of-interest' : null;

export const ofMatter =
  (...persons: readonly string[]): Step =>
  ({ world, matter }) => {
    if (matter === undefined) return null;
    const of = world.matters.find((m) => m.id === matter)!;
    return persons.length > 0 && persons.every((p) => of.persons.includes(p))
      ? null
      : 'matter-of-others';
  };
export const nowhere: Step = () => 'nobody';
export const operatorOnly: Step = ({ asker }) =>
  asker.kind === 'operator' ? null : 'not-permitted';
/** The purpose of a step that shows a person within what is not about persons alone. */
export const withPurpose: Step = (view) => purposeOutcome(view) ?? matterMissing(view);

const purposes: Readonly<Record<string, readonly string[]>> = {
  staff: [
    'counter-visit',
    'open-matter',
    'check-contributions',
    'check-benefits',
    'check-controls',
    'emergency',
  ],
  auditor: ['check-controls'],
  person: ['own-matter', 'public'],
  nobody: ['own-matter', 'public'],
  employer: ['own-matter'],
};

function purposeOutcome({ asker, purpose }: View): Outcome | null {
  if (purpose === '') return 'purpose-missing';
  const own = purposes[asker.kind];
  return own === undefined || own.includes(purpose) ? null : 'purpose-of-others';
}

function matterMissing({ asker, purpose, matter }: View): Outcome | null {
  const needed = purpose === 'open-matter' || purpose === 'emergency';
  return needed && matter === undefined && asker.kind !== 'operator' ? 'matter-missing' : null;
}

function matterOutcome({ world, asker, purpose, matter }: View): Outcome | null {
  if (matter === undefined) return null;
  const found = world.matters.find((m) => m.id === matter);
  const fits =
    found?.owner === asker.login && found.open && found.emergency === (purpose === 'emergency');
  return fits ? null : 'unknown-matter';
}

/** Letters of the roles that somebody has. */
export function rolesOf({ kind, grants }: Asker): string {
  if (kind === 'person') return 'p';
  if (kind === 'employer') return 'h';
  return grants.map((g) => letters[g.role]!).join('');
}

export function hasRight(rule: Rule, asker: Asker): boolean {
  return asker.kind === 'operator' || [...rolesOf(asker)].some((l) => rule.who.includes(l));
}

/** What the rule says of a decision. */
export function expected(rule: Rule, asked: Omit<View, 'range'>, steps: readonly Step[]): Outcome {
  const { asker, purpose } = asked;
  const own = asker.grants.filter((g) => rule.who.includes(letters[g.role]!));
  const right = own.sort((a, b) => b.hi - b.lo - (a.hi - a.lo))[0] ?? wholeCity;
  const wide = rule.personal === true && purpose === 'emergency' && asked.matter !== undefined;
  const view: View = { ...asked, range: wide ? wholeCity : right };
  const gate: readonly Step[] = [
    () =>
      hasRight(rule, asker) ? null : asker.kind === 'nobody' ? 'sign-in-needed' : 'not-permitted',
    () => (rule.personal === true ? purposeOutcome(view) : null),
    () =>
      rule.whole === true &&
      asker.kind === 'staff' &&
      right.hi - right.lo < wholeCity.hi - wholeCity.lo
        ? 'whole-city-only'
        : null,
    () => (rule.personal === true ? matterMissing(view) : null),
    () => matterOutcome(view),
  ];
  for (const step of [...(rule.open === true ? [] : gate), ...steps]) {
    const said = step(view);
    if (said !== null) return said;
  }
  return 'permitted';
}
