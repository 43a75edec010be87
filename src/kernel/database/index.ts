export { type Connection, cityPool, singleClient, withClient } from './connect.ts';
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
  makeLeaves,
  migrateCity,
  programVersion,
  storedVersion,
} from './migrate.ts';
export {
  type ActorRole,
  type CityRole,
  roleName,
} from './names.ts';
export { type Reach, type Row, Store, Tx } from './tx.ts';
