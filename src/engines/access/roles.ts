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
    permissions: [
      'insurance.upload',
      'insurance.upload-view',
      'insurance.uploads',
      'insurance.declare',
      'insurance.bill',
      'insurance.bills',
      'insurance.explain-bill',
      'insurance.explain-person',
      'insurance.certificate.issue',
      'insurance.certificate',
      'insurance.certificates',
      'insurance.employer',
      'insurance.months',
      ...own,
    ],
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
