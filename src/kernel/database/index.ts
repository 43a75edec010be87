export { type Connection, cityPools, singleClient, withClient } from './connect.ts';
export {
  BinaryWriter,
  type ColumnType,
  copyRows,
  copyText,
  madeAhead,
  meanwhile,
  type TextRow,
  textOf,
} from './copy.ts';
export type { RowReader } from './copy-out.ts';
export {
  type Migrated,
  makeAuditLeaves,
  makeLeaves,
  migrateCity,
  programVersion,
  retireLooks,
  storedVersion,
} from './migrate.ts';
export {
  type ActorRole,
  type CityRole,
  type Login,
  roleName,
  type WorkRole,
} from './names.ts';
export { ReachKey } from './reach-key.ts';
export { type Reach, type Row, Store, Tx } from './tx.ts';
