export {
  type AccountName,
  accountNames,
  type Book,
  closesInto,
  lateFeeIncome,
  loadChart,
  openingAccounts,
  receivable,
  receivableKeys,
  statutory,
  statutoryKeys,
} from './accounts.ts';
export {
  type AsOf,
  type Balance,
  balancesAt,
  keepBalances,
  type Movement,
  movementsOf,
} from './balances.ts';
export {
  type FundId,
  type FundInsurance,
  fundBy,
  fundNames,
  funds,
  insuranceOf,
  medicalFund,
} from './funds.ts';
export { cellOf, type Entry, entered, type Journal, nature, type Posting, post } from './post.ts';
export {
  movedSince,
  type ReceivableOn,
  receivableOf,
} from './receivable.ts';
