import type { Text } from '../../kernel/index.ts';

/** A role: a set of permissions over commands and queries. `*` at the end stands for all names below. */
export interface Role {
  readonly title: Text;
  readonly permissions: readonly string[];
}

// What everybody does with the own account.
const own = ['access.account.change-password', 'access.own'];

const deskReading = [
  'insurance.months',
  'insurance.month',
  'insurance.undeclared',
  'insurance.unpaid',
  'insurance.suspense',
  'insurance.employers',
  'insurance.employer',
  'insurance.bill',
  'insurance.bills',
  'insurance.explain-bill',
  'insurance.statement',
  'insurance.trial-balance',
  'insurance.balances',
  'insurance.entries',
  'insurance.ageing',
  'insurance.by-county',
  'insurance.certificate',
  'insurance.certificates',
  'registry.areas',
  'registry.employer.facts',
  'access.proposal.decide',
  'access.relative.declare',
  ...own,
];

/** Of who has persons' files before him: the matters that are the purpose. */
const withMatters = ['access.matter.open', 'access.matter.emergency'];

// Whatever an employer's handler does begins on the employer's own page.
const handlerReading = ['insurance.employer', 'insurance.months'];

/** The parts of an employer's work that are authorised one by one: what each takes, reading included. */
const handlerWork = {
  'handler-roster': [
    'insurance.upload',
    'insurance.upload-view',
    'insurance.uploads',
    'insurance.declare',
  ],
  'handler-bills': [
    'insurance.bill',
    'insurance.bills',
    'insurance.explain-bill',
    'insurance.explain-person',
  ],
  'handler-certificates': [
    'insurance.certificate.issue',
    'insurance.certificate',
    'insurance.certificates',
  ],
} as const;

/** A part of an employer's work, as a role. */
export type HandlerPart = keyof typeof handlerWork;
export const handlerParts = Object.keys(handlerWork) as readonly HandlerPart[];

/** What a key for some parts may: the work and what it begins on, nothing of an account's own. */
export function partPermissions(parts: readonly string[]): readonly string[] {
  const work: Readonly<Record<string, readonly string[]>> = handlerWork;
  return [...parts.flatMap((part) => work[part] ?? []), ...handlerReading];
}

const allHandlerWork = [...Object.values(handlerWork).flat(), ...handlerReading];

/** The roles of the house as data; who has one is a grant with an area, dates and a reason. */
export const roles: Readonly<Record<string, Role>> = {
  operator: {
    title: { zh: '系统操作员', en: 'Operator' },
    permissions: ['*'],
  },
  'collection-clerk': {
    title: { zh: '征缴经办', en: 'Collection clerk' },
    permissions: [
      ...deskReading,
      ...withMatters,
      'insurance.record',
      'insurance.explain-person',
      'insurance.upload',
      'insurance.upload-view',
      'insurance.uploads',
      'insurance.declare',
      'insurance.correct-wage',
      'insurance.correct-roster',
      'insurance.rate-employer',
      'insurance.assess',
      'insurance.collect',
      'insurance.credit',
      'insurance.resolve-suspense',
      'insurance.order-payment',
      'insurance.defer',
      'insurance.refund',
      'insurance.certificate.issue',
      'registry.employer.register',
      'registry.employer.add-code',
      'registry.employer.end-code',
      'registry.link.add',
      'registry.link.end',
      'registry.person.merge',
      'registry.person.correct-number',
      'registry.person.payout-account',
      'registry.payout-account',
      'registry.persons',
      'access.activation.issue',
      'access.account.open',
      'access.account.reset',
      'access.account.drop-factors',
      'access.account.unlock',
      'access.account.end',
    ],
  },
  'fund-accountant': {
    title: { zh: '基金会计', en: 'Fund accountant' },
    permissions: [
      ...deskReading,
      'insurance.close',
      'insurance.refund',
      'insurance.verify',
      'registry.payout-account',
      'registry.payout-account.full',
    ],
  },
  cashier: {
    title: { zh: '出纳', en: 'Cashier' },
    permissions: [...deskReading, 'insurance.refund'],
  },
  'staff-administrator': {
    title: { zh: '岗位管理员', en: 'Staff administrator' },
    permissions: [
      ...own,
      'registry.areas',
      'access.grant.add',
      'access.account.open',
      'access.account.reset',
      'access.account.unlock',
      'access.account.drop-factors',
      'access.account.end',
      'access.account.link-person',
      'access.proposal.decide',
      'access.relative.declare',
    ],
  },
  'privacy-officer': {
    title: { zh: '个人信息保护负责人', en: 'Personal data officer' },
    permissions: [
      'registry.areas',
      ...own,
      'access.objections.to-answer',
      'access.objection.answer',
      'access.audit.person',
      'access.audit.account',
      'access.proposal.decide',
      'access.relative.declare',
    ],
  },
  'contribution-checker': {
    title: { zh: '社保稽核', en: 'Contribution checker' },
    permissions: [
      ...deskReading,
      ...withMatters,
      'access.matter.investigate',
      'insurance.record',
      'insurance.explain-person',
      'insurance.upload-view',
      'insurance.uploads',
      'registry.persons',
    ],
  },
  handler: {
    title: { zh: '单位经办人', en: 'Employer’s handler' },
    permissions: [...allHandlerWork, ...own],
  },
  'handler-roster': {
    title: { zh: '单位经办人（名册申报）', en: 'Employer’s handler (rosters)' },
    permissions: [...handlerWork['handler-roster'], ...handlerReading, ...own],
  },
  'handler-bills': {
    title: { zh: '单位经办人（缴费单）', en: 'Employer’s handler (bills)' },
    permissions: [...handlerWork['handler-bills'], ...handlerReading, ...own],
  },
  'handler-certificates': {
    title: { zh: '单位经办人（参保证明）', en: 'Employer’s handler (certificates)' },
    permissions: [...handlerWork['handler-certificates'], ...handlerReading, ...own],
  },
  'employer-principal': {
    title: { zh: '单位负责人', en: 'Employer’s principal' },
    permissions: [...allHandlerWork, 'access.handlers', 'access.keys', ...own],
  },
  'insured-person': {
    title: { zh: '参保人', en: 'Insured person' },
    permissions: [
      'insurance.record',
      'insurance.explain-person',
      'insurance.certificate.issue',
      'insurance.certificate',
      'insurance.certificates',
      'registry.person.payout-account',
      'registry.payout-account',
      'access.looks',
      'access.my-data',
      'access.objection.make',
      'access.objections',
      'access.proxy.give',
      ...own,
    ],
  },
  auditor: {
    title: { zh: '审计', en: 'Auditor' },
    permissions: [
      'insurance.months',
      'insurance.month',
      'insurance.unpaid',
      'insurance.suspense',
      'insurance.verify',
      'insurance.statement',
      'insurance.trial-balance',
      'insurance.balances',
      'insurance.entries',
      'insurance.ageing',
      'insurance.by-county',
      'access.audit.person',
      'access.audit.account',
      'access.audit.unusual',
      'access.audit.verify',
      'access.relative.declare',
      ...own,
    ],
  },
};

/** Whether a set of permissions holds this one. */
export function permits(permissions: ReadonlySet<string>, permission: string): boolean {
  return permissions.has('*') || permissions.has(permission);
}
