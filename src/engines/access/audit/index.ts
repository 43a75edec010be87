export { type Root, rootsAfter, type Sealed, sealAudit } from './seal.ts';
export { type AuditFault, type AuditFinding, walkAudit } from './walk.ts';
