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
export { permits, type Role, roles } from './roles.ts';
