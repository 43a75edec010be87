export { type AssessAnswer, assess } from './assess.ts';
export { type BillListRow, type BillListView, billsQuery } from './bill-list.ts';
export { billQuery } from './bill-view.ts';
export { billNumber, readBillNumber } from './bills.ts';
export { printBill, printedBill } from './certificates/bill.ts';
export {
  certificates,
  checkCertificate,
  issueCertificate,
  ownCertificate,
} from './certificates/index.ts';
export { type CloseAnswer, close } from './close.ts';
export { type CollectAnswer, collect } from './collect.ts';
export { type CorrectAnswer, correctWage } from './correct.ts';
export { type CreditAnswer, credit } from './credit.ts';
export { checkDeclaration, declare } from './declare.ts';
export { declareLate } from './declare-late.ts';
export { employerQuery } from './employer.ts';
export { type DeferAnswer, defer, type OrderAnswer, orderPayment } from './enforcement.ts';
export {
  type BillDerivation,
  explainBill,
  explainPerson,
  insuranceNames,
  noFigure,
} from './explain.ts';
export { accountInsurances, explainAccount } from './explain-account.ts';
export { lawOf, question } from './law.ts';
export { type EmployerListRow, employersQuery, undeclaredQuery, unpaidQuery } from './lists.ts';
export { type LooksView, type LookView, looksQuery } from './looks.ts';
export { monthQuery } from './month-view.ts';
export { type Declared, type MonthsView, monthsQuery } from './months.ts';
export { billPdf } from './print/bill.ts';
export { certificatePdf } from './print/certificate.ts';
export { reports } from './print/reports.ts';
export { type RatingAnswer, ratedSizes, rateEmployer } from './ratings.ts';
export { recordQuery } from './record.ts';
export { type RefundAnswer, refund } from './refund.ts';
export { statementQuery, trialBalanceQuery } from './statements.ts';
export { type BalancesView, balancesQuery } from './statements-balances.ts';
export { ageingQuery, byCountyQuery } from './statements-county.ts';
export { type EntriesView, type EntryRow, entriesQuery } from './statements-entries.ts';
export { type ResolveAnswer, resolveSuspense } from './suspense.ts';
export { suspenseQuery } from './suspense-list.ts';
export { type SheetRow, type TakeoverAnswer, takeOver } from './takeover/index.ts';
export { confirmUpload, upload, uploadContent, uploads, uploadView } from './uploads/index.ts';
export { markedRoster, rosterTemplate } from './uploads/workbooks.ts';
export { type Check, verifyQuery } from './verify/index.ts';
export * from './views.ts';
