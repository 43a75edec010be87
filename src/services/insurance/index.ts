export {
  type DeferAnswer,
  defer,
  type OrderAnswer,
  orderPayment,
  type WithdrawAnswer,
  withdrawOrder,
} from './arrears/enforcement.ts';
export { type AssessAnswer, assess } from './assess.ts';
export { billNumber, readBillNumber } from './bills/bills.ts';
export { type BillListRow, type BillListView, billsQuery } from './bills/list.ts';
export {
  type EarlierRow,
  earlierRows,
  monthSumName,
  type SumFigure,
  sumNames,
  sumRows,
} from './bills/sums.ts';
export { billQuery } from './bills/view.ts';
export { printBill, printedBill } from './certificates/bill.ts';
export {
  certificates,
  checkCertificate,
  issueCertificate,
  ownCertificate,
} from './certificates/index.ts';
export { type CloseAnswer, close } from './close.ts';
export { type CollectAnswer, collect } from './collect/collect.ts';
export { type CreditAnswer, credit } from './collect/credit.ts';
export { type RefundAnswer, refund } from './collect/refund.ts';
export { type ResolveAnswer, resolveSuspense } from './collect/suspense.ts';
export { suspenseQuery } from './collect/suspense-list.ts';
export { type CorrectAnswer, correctWage } from './declare/correct.ts';
export { correctRoster } from './declare/correct-roster.ts';
export { checkDeclaration, declare } from './declare/declare.ts';
export { declareLate } from './declare/late.ts';
export { employerQuery } from './employer.ts';
export { accountInsurances, explainAccount } from './explain/account.ts';
export {
  type BillDerivation,
  explainBill,
  explainPerson,
  insuranceNames,
  noFigure,
} from './explain/explain.ts';
export { lawOf, question } from './law.ts';
export { type EmployerListRow, employersQuery, undeclaredQuery, unpaidQuery } from './lists.ts';
export { monthQuery } from './month-view.ts';
export { type Declared, type MonthsView, monthsQuery } from './months.ts';
export { billPdf } from './print/bill.ts';
export { certificatePdf } from './print/certificate.ts';
export { reports } from './print/reports.ts';
export { type RatingAnswer, ratedSizes, rateEmployer } from './ratings.ts';
export { recordQuery } from './record.ts';
export { type BalancesView, balancesQuery } from './statements/balances.ts';
export { ageingQuery, byCountyQuery } from './statements/county.ts';
export { type EntriesView, type EntryRow, entriesQuery } from './statements/entries.ts';
export { statementQuery, trialBalanceQuery } from './statements/statements.ts';
export { type SheetRow, type TakeoverAnswer, takeOver } from './takeover/index.ts';
export { confirmUpload, upload, uploadContent, uploads, uploadView } from './uploads/index.ts';
export { markedRoster, rosterTemplate } from './uploads/workbooks.ts';
export { type Check, verifyQuery } from './verify/index.ts';
export * from './views.ts';
