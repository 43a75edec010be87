import { base64, organisation, roster } from '../city/harness.ts';
import {
  entangled,
  nowhere,
  ofMatter,
  operatorOnly,
  type Pick,
  type Rule,
  rolesOf,
  type Step,
  seesEmployer,
  seesPerson,
  within,
  withPurpose,
} from './oracle.ts';
import { accountRules, gives } from './oracle-rules-accounts.ts';
import {
  type Asker,
  type EmployerFacts,
  month,
  type PersonFacts,
  type World,
  wholeCity,
} from './oracle-world.ts';

const reason = '测试用的理由';
const one = <T>(list: readonly T[], pick: Pick): T => list[pick(list.length)]!;
type Asked = ReturnType<Rule['ask']>;
const plain =
  (input: object = {}) =>
  (): Asked => ({ input, steps: [] });
/** About an employer that is to be seen and is not the asker's own; what else it says of it. */
const employer =
  (more: (e: EmployerFacts) => object = () => ({}), ...further: readonly Step[]) =>
  (w: World, pick: Pick): Asked => {
    const e = one(w.employers, pick);
    return {
      input: { employer: e.code, reason, ...more(e) },
      steps: [seesEmployer(e), entangled(e.code), ...further],
    };
  };
/** About something that is an employer's. */
const things =
  (name: string, of: (e: EmployerFacts) => string, more: object, ...further: readonly Step[]) =>
  (w: World, pick: Pick): Asked => {
    if (pick(8) === 0) return { input: { [name]: 'NONE', reason, ...more }, steps: [nowhere] };
    const e = one(w.employers, pick);
    return {
      input: { [name]: of(e), reason, ...more },
      steps: [seesEmployer(e), entangled(e.code), ...further],
    };
  };
const person =
  (
    more: object = {},
    told: (p: PersonFacts) => readonly Step[] = (p) => [entangled(p.number), ofMatter(p.number)],
  ) =>
  (w: World, pick: Pick): Asked => {
    const p = one(w.persons, pick);
    return { input: { person: p.number, ...more }, steps: [seesPerson(p), ...told(p)] };
  };
const certificateOf = (w: World, pick: Pick): Asked => {
  const p = one(w.persons, pick);
  const e = one(w.employers, pick);
  return pick(2) === 0
    ? {
        input: { code: p.certificate },
        steps: [seesPerson(p), entangled(p.number), ofMatter(p.number)],
      }
    : { input: { code: e.certificate }, steps: [seesEmployer(e), entangled(e.code), ofMatter()] };
};
/** Of who employs or insures somebody, by a log-in. */
const account = (w: World, pick: Pick): Asked => {
  const e = one(w.employers, pick);
  const p = one(w.persons.slice(0, 4), pick);
  const sees =
    (step: Step): Step =>
    (view) =>
      step(view);
  const cases: readonly Asked[] = [
    { input: { login: e.handler, reason }, steps: [sees(seesEmployer(e)), entangled(e.code)] },
    { input: { login: p.number, reason }, steps: [sees(seesPerson(p)), entangled(p.number)] },
    {
      input: { login: 'auditor-0', reason },
      steps: [({ asker }) => (asker.kind === 'operator' ? null : 'nobody')],
    },
    { input: { login: 'no-such', reason }, steps: [nowhere] },
  ];
  return one(cases, pick);
};

const rosterInput = (e: EmployerFacts) => ({
  employer: e.code,
  month,
  full: true,
  content: roster(month, [{ number: '430499197001010311', wage: '2000' }]),
});
const rows = (answer: unknown): boolean => (answer as { rows: unknown[] }).rows.length === 0;

/** Every command and query, with whose right it is and what it is about. Written from docs/access.md, apart from the program. */
export const rules: Readonly<Record<string, Rule>> = {
  ...accountRules,
  'registry.employer.register': {
    who: 'c',
    ask: (_, pick) => {
      const [area, key] = one(
        [
          ['430407001', 430_407_001_000],
          ['430405007', 430_405_007_000],
          ['430407', 430_407_000_000],
        ] as const,
        pick,
      );
      return {
        input: { code: organisation(500), name: '新厂', area, injuryClass: 1 },
        steps: [
          ({ asker, range }) =>
            asker.kind === 'operator' || within(key, range) ? null : 'not-permitted',
        ],
      };
    },
  },
  'registry.person.merge': {
    who: 'c',
    ask: (w, pick) => {
      const [a, b] = [one(w.persons, pick), one(w.persons, pick)];
      const steps = [seesPerson(a), seesPerson(b), entangled(a.number, b.number)];
      return { input: { keep: a.number, merge: b.number, reason }, steps };
    },
  },
  'registry.person.correct-number': {
    who: 'c',
    ask: person({ number: '430499197001019996', reason }, (p) => [entangled(p.number)]),
  },
  'registry.areas': { who: '', open: true, ask: plain() },
  'registry.employer.add-code': { who: 'c', ask: employer(() => ({ code: organisation(501) })) },
  'registry.employer.end-code': { who: 'c', ask: employer((e) => ({ code: e.code })) },
  'registry.link.add': {
    who: 'c',
    ask: (w, pick) => {
      const [e, head, p] = [one(w.employers, pick), one(w.employers, pick), one(w.persons, pick)];
      const common = { employer: e.code, reason };
      const steps = [seesEmployer(e), entangled(e.code)];
      return pick(2) === 0
        ? {
            input: { ...common, kind: 'branch-of', of: head.code },
            steps: [...steps, entangled(head.code)],
          }
        : {
            input: { ...common, kind: 'represented-by', by: p.number },
            steps: [...steps, seesPerson(p), entangled(p.number)],
          };
    },
  },
  'registry.link.end': {
    who: 'c',
    ask: (w, pick) => {
      const e = one(w.employers, pick);
      // There is none to end, which is said as it is said of what is not there.
      return {
        input: { employer: e.code, kind: 'branch-of', reason },
        steps: [seesEmployer(e), entangled(e.code), nowhere],
      };
    },
  },
  'registry.employer.facts': { who: 'cark', ask: employer() },
  'registry.persons': {
    who: 'ck',
    personal: true,
    empty: rows,
    ask: (w, pick) => {
      const p = one(w.persons, pick);
      return {
        input: { search: p.number },
        steps: [seesPerson(p), entangled(p.number), ofMatter(p.number)],
      };
    },
  },
  'access.account.open': {
    who: 'cs',
    slow: true,
    ask: (w, pick) => {
      const e = one(w.employers, pick);
      return one(
        [
          {
            input: { kind: 'employer', employer: e.code, reason },
            steps: [seesEmployer(e), entangled(e.code)],
          },
          {
            input: { kind: 'staff', login: 'fresh', name: '新人', role: 'cashier', reason },
            steps: [gives('cashier', wholeCity)],
          },
          {
            input: { kind: 'auditor', login: 'fresh', name: '新人', reason },
            steps: [operatorOnly],
          },
        ],
        pick,
      );
    },
  },
  'access.account.reset': { who: 'cs', slow: true, ask: account },
  'access.account.unlock': { who: 'cs', ask: account },
  'access.account.drop-factors': { who: 'cs', ask: account },
  'access.account.end': { who: 'cs', ask: account },
  'access.account.change-password': { who: 'carkhpuso', ask: plain({ present: 'x', next: 'y' }) },
  'city.open-demo-accounts': { who: '', slow: true, ask: plain() },
  'city.now': { who: '', open: true, ask: plain() },
  'city.advance-clock': { who: '', ask: plain({ at: '2000-01-01T00:00' }) },
  'insurance.order-payment': {
    who: 'c',
    ask: things('bill', (e) => e.bill, { payBy: '2008-12-31' }),
  },
  'insurance.withdraw-order': { who: 'c', ask: things('order', (e) => e.order, {}) },
  'insurance.defer': { who: 'c', ask: things('bill', (e) => e.bill, { until: '2008-12-31' }) },
  'insurance.correct-wage': {
    who: 'c',
    ask: (w, pick) => {
      const [e, p] = [one(w.employers, pick), one(w.persons, pick)];
      const input = {
        employer: e.code,
        person: p.number,
        months: [month],
        wageFen: 210_000,
        reason,
      };
      return { input, steps: [seesEmployer(e), entangled(e.code, p.number)] };
    },
  },
  'insurance.rate-employer': {
    who: 'c',
    ask: employer(() => ({ kind: 'size', value: 'micro', from: month, document: '认定书' })),
  },
  'insurance.assess': { who: 'c', whole: true, ask: plain({ month: '2009-05' }) },
  'insurance.bills': { who: 'carkh', ask: employer() },
  'insurance.bill': { who: 'carkh', ask: employer(() => ({ month })) },
  'insurance.bill.print': { who: 'carkh', ask: employer(() => ({ month })) },
  'insurance.bill-printed': { who: 'carkh', ask: things('code', (e) => e.printed, {}) },
  'insurance.record': { who: 'ckp', personal: true, ask: person() },
  'insurance.certificate.issue': {
    who: 'chp',
    ask: (w, pick) => {
      const [e, p] = [one(w.employers, pick), one(w.persons, pick)];
      const months = { from: month, to: month };
      return pick(2) === 0
        ? { input: { employer: e.code, ...months }, steps: [seesEmployer(e), entangled(e.code)] }
        : {
            input: { person: p.number, ...months },
            steps: [seesPerson(p), withPurpose, entangled(p.number), ofMatter(p.number)],
          };
    },
  },
  'insurance.certificate': {
    who: '',
    open: true,
    ask: (w, pick) =>
      pick(2) === 0
        ? { input: { code: one(w.employers, pick).certificate }, steps: [] }
        : { input: { code: 'NONE' }, steps: [nowhere] },
  },
  'insurance.certificates': {
    who: 'carkhp',
    personal: true,
    ask: (w, pick) =>
      pick(2) === 0 ? person()(w, pick) : employer(() => ({}), ofMatter())(w, pick),
  },
  'insurance.certificate-own': { who: 'carkhp', personal: true, ask: certificateOf },
  'insurance.credit': { who: 'c', whole: true, ask: plain({ month: '2009-05' }) },
  'insurance.close': { who: 'a', whole: true, ask: plain({ month: '2009-05' }) },
  'insurance.collect': { who: 'c', whole: true, ask: plain({ content: base64('x') }) },
  'insurance.refund': { who: 'car', ask: employer(() => ({ amountFen: 1 })) },
  'insurance.resolve-suspense': {
    who: 'c',
    ask: (w, pick) => {
      const e = one(w.employers, pick);
      const waits: Step = ({ asker, range }) =>
        asker.kind === 'operator' || within(w.receipt.area, range) ? null : 'nobody';
      return {
        input: { receipt: w.receipt.id, employer: e.code, reason },
        steps: [waits, seesEmployer(e), entangled(e.code)],
      };
    },
  },
  'insurance.undeclared': { who: 'cark', ask: plain({ month }) },
  'insurance.unpaid': { who: 'carku', ask: plain({ month }) },
  'insurance.employers': { who: 'cark', ask: plain() },
  'insurance.suspense': { who: 'carku', ask: plain() },
  'insurance.correct-roster': {
    who: 'c',
    ask: (w, pick) => {
      const [e, p] = [one(w.employers, pick), one(w.persons, pick)];
      const input = {
        employer: e.code,
        person: p.number,
        change: 'removes',
        months: [month],
        reason,
      };
      return { input, steps: [seesEmployer(e), entangled(e.code, p.number)] };
    },
  },
  'insurance.check-roster': { who: 'ch', slow: true, ask: employer(rosterInput) },
  'insurance.declare': { who: 'ch', slow: true, ask: employer(rosterInput) },
  'insurance.declare-late': { who: 'ch', slow: true, ask: employer(rosterInput) },
  'insurance.employer': { who: 'carkh', ask: employer() },
  'insurance.explain-bill': { who: 'carkh', ask: employer(() => ({ month })) },
  'insurance.explain-person': {
    who: 'ckhp',
    personal: true,
    ask: (w, pick) => {
      const p = one(w.persons, pick);
      const sees: Step = (view) =>
        view.asker.kind === 'employer'
          ? p.employers.includes(view.asker.stands!)
            ? null
            : 'nobody'
          : seesPerson(p)(view);
      return {
        input: { person: p.number, month },
        steps: [sees, entangled(p.number), ofMatter(p.number)],
      };
    },
  },
  'insurance.explain-account': {
    who: 'ckp',
    personal: true,
    ask: person({ insurance: 'pension' }),
  },
  'access.looks': { who: 'p', personal: true, ask: person({}, (p) => [ofMatter(p.number)]) },
  'insurance.month': { who: 'carku', ask: plain({ month }) },
  'insurance.months': { who: 'carkhu', ask: plain() },
  'insurance.ageing': { who: 'carku', ask: plain({ month }) },
  'insurance.by-county': { who: 'carku', ask: plain({ month }) },
  'insurance.statement': { who: 'carku', ask: plain({ fund: 'pension', month }) },
  'insurance.trial-balance': { who: 'carku', ask: plain({ fund: 'pension', month }) },
  'insurance.balances': { who: 'carku', ask: plain({ fund: 'pension', day: '2008-02-20' }) },
  'insurance.entries': {
    who: 'carku',
    ask: plain({ fund: 'pension', month, row: '1', book: 'receivable' }),
  },
  'insurance.take-over': { who: '', ask: plain({ folder: '/nowhere' }) },
  'insurance.upload': { who: 'ch', slow: true, ask: employer(rosterInput) },
  'insurance.upload-view': {
    who: 'ckh',
    personal: true,
    ask: things('upload', (e) => e.upload, {}, ofMatter()),
  },
  'insurance.uploads': { who: 'ckh', personal: true, ask: employer(() => ({}), ofMatter()) },
  'insurance.upload-content': {
    who: 'ckh',
    personal: true,
    ask: things('upload', (e) => e.upload, {}, ofMatter()),
  },
  'insurance.confirm-upload': { who: 'ch', slow: true, ask: things('upload', (e) => e.upload, {}) },
  'insurance.verify': { who: 'au', whole: true, slow: true, ask: plain() },
  'access.audit.person': {
    who: 'uo',
    personal: true,
    ask: (w, pick) => {
      const days = { from: '2008-01-01', to: '2008-02-20' };
      const p = one(w.persons, pick);
      return pick(5) === 0
        ? { input: { person: 'NONE', ...days }, steps: [nowhere] }
        : {
            input: { person: p.number, ...days },
            steps: [entangled(p.number), ofMatter(p.number)],
          };
    },
  },
  'access.audit.account': {
    who: 'uo',
    ask: plain({ account: 'operator', from: '2008-02-20', to: '2008-02-20' }),
  },
  'access.audit.unusual': { who: 'u', ask: plain({ from: '2008-02-20', to: '2008-02-20' }) },
  'access.audit.verify': { who: 'u', whole: true, slow: true, ask: plain() },
  'access.audit.roots': { who: '', open: true, ask: plain() },
  'access.matter.open': { who: 'ck', ask: concerning },
  'access.matter.investigate': { who: 'k', ask: concerning },
  'access.matter.emergency': {
    who: 'ck',
    ask: (w, pick) => {
      const p = one(w.persons, pick);
      return pick(6) === 0
        ? { input: { person: '430499197001019996', reason }, steps: [nowhere] }
        : { input: { person: p.number, reason }, steps: [entangled(p.number)] };
    },
  },
  'access.matter.add-person': {
    who: 'ck',
    ask: (w, pick, by) => {
      const [p, m] = [one(w.persons, pick), matterOf(w, pick, by)];
      return {
        input: { matter: m.id, person: p.number },
        steps: [seesPerson(p), entangled(p.number), mine(m.id)],
      };
    },
  },
  'access.matter.end': {
    who: 'ck',
    ask: (w, pick, by) => {
      const m = matterOf(w, pick, by);
      return { input: { matter: m.id, reason }, steps: [mine(m.id)] };
    },
  },
  'access.matters': { who: 'ck', ask: plain() },
  'access.proposal.decide': {
    who: 'carkso',
    ask: (w, pick, by) => {
      const hers = w.proposals.find((x) => x.by === by.login);
      const p = (pick(3) === 0 ? hers : undefined) ?? one(w.proposals, pick);
      const decision = one(['agree', 'refuse'] as const, pick);
      const there: Step = ({ asker, range }) =>
        asker.login === p.by || asker.kind === 'operator' || (p.lo >= range.lo && p.hi <= range.hi)
          ? null
          : 'nobody';
      const own: Step = ({ asker }) =>
        asker.login === p.by && decision === 'agree' ? 'proposal-own' : null;
      const right: Step = ({ asker }) =>
        asker.kind === 'operator' || /[car]/.test(rolesOf(asker)) ? null : 'not-permitted';
      return { input: { proposal: p.id, decision }, steps: [there, own, right] };
    },
  },
  'access.proposals': { who: 'carkso', ask: plain() },
  'simulation.roster-by': {
    who: '',
    ask: (w, pick) => ({ input: { employer: one(w.employers, pick).code, month }, steps: [] }),
  },
  'simulation.paid-by-others': { who: '', ask: plain({ month }) },
  'simulation.start': { who: '', ask: plain({ seed: 1, scale: 1, from: month }) },
  'simulation.state': { who: '', ask: plain({ month }) },
  'simulation.report': { who: '', ask: plain({ month }) },
  'simulation.keep-month': { who: '', ask: plain({ month, report: {} }) },
};

function concerning(w: World, pick: Pick): Asked {
  const some = [one(w.persons, pick), one(w.persons, pick)];
  // The first who is not to be found, or not to be handled, is named.
  const steps = some.flatMap((p) => [seesPerson(p), entangled(p.number)]);
  return { input: { persons: some.map((p) => p.number), reason }, steps };
}

function mine(id: string): Step {
  return ({ world, asker }) => {
    const m = world.matters.find((x) => x.id === id)!;
    return m.owner === asker.login && m.open && !m.emergency ? null : 'unknown-matter';
  };
}

/** Every second time one of the asker's own. */
function matterOf(w: World, pick: Pick, by: Asker): World['matters'][number] {
  const own = w.matters.filter((m) => m.owner === by.login);
  return own.length > 0 && pick(2) === 0 ? one(own, pick) : one(w.matters, pick);
}
