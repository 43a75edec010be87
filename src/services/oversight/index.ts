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
export { type DisclosureView, disclosure, disclosurePolicy } from './disclosure.ts';
export { type LooksView, type LookView, looksQuery } from './looks.ts';
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
export { type MyData, myData } from './my-data.ts';
export {
  answerObjection,
  type ObjectionAnswer,
  type ObjectionView,
  objectionsToAnswer,
  objectToLook,
  ownObjections,
} from './objections.ts';
export { type Decided, decideProposal, type ProposalRow, proposals } from './proposals.ts';
export { declareRelative, linkPerson } from './relatives.ts';
