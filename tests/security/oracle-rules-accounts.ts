import {
  entangled,
  nowhere,
  type Outcome,
  ofMatter,
  type Pick,
  type Rule,
  type Step,
  seesPerson,
} from './oracle.ts';
import { type Asker, countyA, type PersonFacts, type World, wholeCity } from './oracle-world.ts';

const reason = '测试用的理由';
const everybody = 'carkhpuso';
const one = <T>(list: readonly T[], pick: Pick): T => list[pick(list.length)]!;
type Asked = ReturnType<Rule['ask']>;
const plain =
  (input: object = {}, ...steps: readonly Step[]) =>
  (): Asked => ({ input, steps });
const person =
  (more: object, told: (p: PersonFacts) => readonly Step[]) =>
  (w: World, pick: Pick): Asked => {
    const p = one(w.persons, pick);
    return { input: { person: p.number, ...more }, steps: [seesPerson(p), ...told(p)] };
  };

interface Range {
  readonly lo: number;
  readonly hi: number;
}

/** How far somebody administers staff: his widest grant as an administrator. */
function administers({ grants }: Asker): Range | null {
  const own = grants.filter((g) => g.role === 'staff-administrator');
  return own.sort((a, b) => b.hi - b.lo - (a.hi - a.lo))[0] ?? null;
}

/** Roles are given below oneself: within the own range, the own role only in a smaller one, an auditor's by the operator. */
export const gives =
  (role: string, place: Range): Step =>
  ({ asker }): Outcome | null => {
    if (asker.kind === 'operator') return null;
    const own = administers(asker);
    if (own === null || role === 'auditor') return 'not-permitted';
    const inside = place.lo >= own.lo && place.hi <= own.hi;
    const whole = place.lo === own.lo && place.hi === own.hi;
    return inside && !(whole && role === 'staff-administrator') ? null : 'grant-beyond-reach';
  };

/** Staff is looked after by who administers all that it may do, and not by itself. */
const manages =
  (login: string): Step =>
  ({ world, asker }) => {
    if (asker.kind === 'operator') return null;
    const own = administers(asker);
    const other = world.askers.find((a) => a.login === login)!;
    const inside = other.grants.every((g) => own !== null && g.lo >= own.lo && g.hi <= own.hi);
    return own !== null && login !== asker.login && inside ? null : 'nobody';
  };

/** Somebody of staff; now and then the asker himself. */
function someone(w: World, pick: Pick, by: Asker): string {
  if (by.kind === 'staff' && pick(4) === 0) return by.login;
  return one(
    w.askers.filter((a) => a.kind === 'staff'),
    pick,
  ).login;
}

function granting(w: World, pick: Pick, by: Asker): Asked {
  const login = someone(w, pick, by);
  const [area, place] = one(
    [
      ['430407', countyA],
      ['430400', wholeCity],
    ] as const,
    pick,
  );
  const role = one(['cashier', 'staff-administrator'], pick);
  const notOwn: Step = ({ asker }) => (login === asker.login ? 'grant-own' : null);
  return { input: { login, role, area, reason }, steps: [notOwn, gives(role, place)] };
}

const own = { who: everybody, ask: plain({}) } as const;
const ownSlow = { ...own, slow: true } as const;
const keys = { who: '', slow: true, ask: plain({ reason, column: 'x' }) } as const;

/** Of an employer's own principal: whoever stands for no employer has none of them, the operator neither. */
const operatorRefused: Step = () => 'not-permitted';
const ofPrincipals = { who: '', ask: plain({}, operatorRefused) } as const;

/** Accounts, posts, proxies, one's own account and data. */
export const accountRules: Readonly<Record<string, Rule>> = {
  'access.grant.add': { who: 's', ask: granting },
  'access.grant.end': { who: 's', ask: granting },
  'access.accounts': { who: 's', ask: plain() },
  'access.account.leave': {
    who: 's',
    ask: (w, pick, by) => {
      const login = someone(w, pick, by);
      return { input: { login, reason }, steps: [manages(login)] };
    },
  },
  'access.account.link-person': {
    who: 's',
    ask: (w, pick, by) => {
      const login = someone(w, pick, by);
      const p = one(w.persons, pick);
      return {
        input: { login, person: p.number },
        steps: [manages(login), entangled(p.number)],
      };
    },
  },
  'access.post.create': {
    who: 's',
    ask: (_, pick) => {
      const role = one(['collection-clerk', 'staff-administrator'], pick);
      const input = { title: '征缴岗', roles: [role], area: '430407', reason };
      return { input, steps: [gives(role, countyA)] };
    },
  },
  'access.post.give': { who: 's', ask: plain({ post: 'NONE', login: 'staff-0', reason }, nowhere) },
  'access.post.end': { who: 's', ask: plain({ post: 'NONE', reason }, nowhere) },
  'access.posts': { who: 's', ask: plain() },
  'access.activation.issue': {
    who: 'c',
    slow: true,
    ask: person({ reason }, (p) => [entangled(p.number)]),
  },
  'access.relative.declare': {
    who: 'carkuso',
    ask: (w, pick) => ({
      input: { number: one(w.persons, pick).number, kind: 'other' },
      steps: [],
    }),
  },
  'access.factors': own,
  'access.totp.begin': own,
  'access.totp.pending': own,
  'access.totp.confirm': { ...own, ask: plain({ code: '000000' }) },
  'access.totp.end': { ...ownSlow, ask: plain({ password: 'x', code: '000000' }) },
  'access.recovery.renew': ownSlow,
  'access.passkey.begin': own,
  'access.passkey.register': { ...own, ask: plain({ name: 'x', answer: {} }) },
  'access.passkey.remove': { ...own, ask: plain({ passkey: 'NONE' }) },
  'access.messages': own,
  'access.email.set': { ...own, ask: plain({ email: 'somebody@example.org' }) },
  'access.sessions': own,
  'access.session.end': { ...own, ask: plain({ session: 'NONE' }) },
  'access.my-data': { who: 'p', personal: true, ask: person({}, (p) => [ofMatter(p.number)]) },
  'access.objections': { who: 'p', personal: true, ask: person({}, (p) => [ofMatter(p.number)]) },
  'access.objection.make': { who: 'p', ask: person({ look: 999_999_999 }, () => [nowhere]) },
  'access.objections.to-answer': { who: 'o', ask: plain() },
  'access.objection.answer': {
    who: 'o',
    ask: plain({ objection: 'NONE', outcome: 'justified', text: '查看不当' }, nowhere),
  },
  'access.proxies': { who: 'p', personal: true, ask: person({}, (p) => [ofMatter(p.number)]) },
  'access.proxy.give': {
    who: 'p',
    ask: person(
      {
        agentNumber: '430499197001019996',
        agentName: '某某',
        scopes: ['record'],
        until: '2008-12-31',
      },
      () => [nowhere],
    ),
  },
  'access.proxy.end': { who: 'p', ask: person({ proxy: 'NONE' }, () => [nowhere]) },
  'access.disclosure': { who: '', open: true, ask: plain() },
  'registry.person.payout-account': {
    who: 'cp',
    ask: person({ bank: '某某银行', number: '6222021234567890128' }, (p) => [entangled(p.number)]),
  },
  'registry.payout-account': {
    who: 'cap',
    personal: true,
    ask: person({}, (p) => [entangled(p.number), ofMatter(p.number)]),
  },
  'registry.payout-account.full': {
    who: 'a',
    personal: true,
    ask: person({}, (p) => [entangled(p.number), ofMatter(p.number)]),
  },
  'access.handlers': ofPrincipals,
  'access.handler.deeds': {
    ...ofPrincipals,
    ask: plain({ account: 'NONE00000000' }, operatorRefused),
  },
  'access.handler.authorise': {
    ...ofPrincipals,
    ask: plain(
      {
        short: 'x',
        name: '新人',
        parts: ['handler-roster'],
        from: '2008-03-01',
        until: '2008-12-31',
      },
      operatorRefused,
    ),
  },
  'access.handler.change': {
    ...ofPrincipals,
    ask: plain(
      { account: 'NONE00000000', parts: ['handler-roster'], until: '2008-12-31' },
      operatorRefused,
    ),
  },
  'access.handler.end': {
    ...ofPrincipals,
    ask: plain({ account: 'NONE00000000' }, operatorRefused),
  },
  'access.keys': ofPrincipals,
  'access.key.create': {
    ...ofPrincipals,
    ask: plain(
      { name: '工资软件', parts: ['handler-roster'], until: '2008-12-31' },
      operatorRefused,
    ),
  },
  'access.key.rotate': { ...ofPrincipals, ask: plain({ key: 'NONE00000000' }, operatorRefused) },
  'access.key.end': { ...ofPrincipals, ask: plain({ key: 'NONE00000000' }, operatorRefused) },
  'city.keys': keys,
  'city.keys.rewrap': keys,
  'city.keys.renew': keys,
  'city.keys.reseal': { ...keys, ask: plain({ column: 'x' }, nowhere) },
  'city.keys.spend': keys,
  'city.keys.give-up': keys,
};
