export {
  type AccountDeed,
  type AuditLook,
  auditRoots,
  deedsOfAccount,
  looksAtPerson,
  type Unusual,
  type UnusualAnswer,
  unusualLooks,
  verifyAudit,
} from './audit.ts';
export {
  addToMatter,
  endMatterCommand,
  type MatterAnswer,
  type MatterRow,
  matters,
  openEmergency,
  openInvestigation,
  openMatterCommand,
} from './matters.ts';
export { type Decided, decideProposal, type ProposalRow, proposals } from './proposals.ts';
export { declareRelative, linkPerson } from './relatives.ts';
