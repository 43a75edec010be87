export { type Connection, cityPool, singleClient } from './connect.ts';
export { BinaryWriter, type ColumnType, copyRows, type RowReader, readBinary } from './copy.ts';
export { databaseError } from './faults.ts';
export {
  type Migrated,
  makeLeaves,
  migrateCity,
  migrations,
  programVersion,
  storedVersion,
} from './migrate.ts';
export {
  type ActorRole,
  actorRoles,
  type CityRole,
  cityRoles,
  roleName,
  schemaOf,
} from './names.ts';
export { type Reach, type Row, Store, Tx } from './tx.ts';
