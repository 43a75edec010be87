export { moveLogin, type NewAccount, openAccount } from './accounts.ts';
export { actorByLogin } from './actor.ts';
export {
  type AuditFault,
  type AuditFinding,
  type Root,
  rootsAfter,
  type Sealed,
  sealAudit,
  walkAudit,
} from './audit/index.ts';
export { deviceOf } from './device.ts';
export { AccessGate, nobody } from './gate.ts';
export { endKey, insertKey, type NewKey, readKey, rotateKey } from './keys.ts';
export {
  type AccountFacts,
  accountBy,
  addGrant,
  changePassword,
  countOwnTry,
  endAccount,
  endGrant,
  endGrants,
  type GrantDays,
  type GrantPlace,
  grantsWithin,
  leaveAll,
  resetTo,
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
  deliver,
  type MessageView,
  messagesOf,
  type Sender,
  senderOf,
  tell,
} from './messages/index.ts';
export {
  type Decision,
  keepStep,
  type ProposalStep,
  stepOf,
  waitingProposal,
  within,
} from './proposals.ts';
export { giveProxy, type ProxyScope, proxyScopes } from './proxies.ts';
export { type HandlerPart, handlerParts, permits, type Role, roles } from './roles.ts';
export {
  endSession,
  endSessions,
  type OpenSession,
  readSession,
  readSessionAnd,
  renewSession,
  type SessionView,
  sessionsOf,
  signOut,
  type Way,
} from './sessions.ts';
export { type ActivationCode, activate, issueActivation } from './sign-in/activation.ts';
export {
  addPasskey,
  beginPasskey,
  dropPasskeys,
  type PasskeyView,
  passkeyChallenge,
  passkeysOf,
  removePasskey,
  type Site,
  signInByPasskey,
  siteAt,
  takeChallenge,
} from './sign-in/passkeys.ts';
export { type Place, type SignedIn, signIn, signInSecond } from './sign-in/password.ts';
export { Provider, providerSettings } from './sign-in/provider.ts';
export { type Proof, type ProofKind, proofOf, stepUp, stepUpChallenge } from './sign-in/step-up.ts';
export {
  beginTotp,
  confirmTotp,
  dropTotp,
  endTotp,
  type PendingTotp,
  pendingTotp,
  recoveryLeft,
  renewRecoveryCodes,
  totpOn,
} from './sign-in/totp.ts';
export { lockedSql } from './throttle.ts';
