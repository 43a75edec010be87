export {
  type Book,
  loadChart,
  receivable,
  receivableKeys,
  statutory,
  statutoryKeys,
} from './accounts.ts';
export { type FundId, type FundInsurance, fundBy, fundNames, funds, insuranceOf } from './funds.ts';
export { type Entry, type Journal, post } from './post.ts';
export {
  keepReceivable,
  lastClosed,
  movedSince,
  type ReceivableCell,
  receivableOf,
} from './receivable.ts';
