export {
  actorByLogin,
  moveLogin,
  type NewAccount,
  openAccount,
  readSession,
  readSessionAnd,
  signIn,
  signOut,
} from './accounts.ts';
export {
  type AuditFault,
  type AuditFinding,
  type Root,
  rootsAfter,
  type Sealed,
  sealAudit,
  walkAudit,
} from './audit/index.ts';
export { AccessGate, nobody } from './gate.ts';
export {
  type AccountFacts,
  accountBy,
  addGrant,
  changePassword,
  endAccount,
  endGrant,
  type GrantPlace,
  setPassword,
  unlock,
} from './manage.ts';
export {
  addSubjects,
  endMatter,
  type MatterKind,
  matterOf,
  openMatter,
} from './matters.ts';
export {
  type Decision,
  keepStep,
  type ProposalStep,
  stepOf,
  waitingProposal,
  within,
} from './proposals.ts';
export { permits, type Role, roles } from './roles.ts';
