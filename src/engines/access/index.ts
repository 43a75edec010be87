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
export { permits, type Role, roles } from './roles.ts';
