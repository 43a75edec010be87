export { defineSealed, type SealedColumn, sealedColumns } from './columns.ts';
export { keysPlace } from './ring.ts';
export {
  giveUpLost,
  type KeyCount,
  keyCounts,
  renewAll,
  resealSome,
  rewrapAll,
  spendOld,
} from './rotation.ts';
export { type Opener, Sealed, type Sealer } from './sealed.ts';
export { isSuite, suiteNames } from './suites.ts';
