import type { RouteObject } from 'react-router';
import { MatterPage } from './pages/access/matter.tsx';
import { MattersPage } from './pages/access/matters.tsx';
import { NewMatterPage } from './pages/access/new-matter.tsx';
import { ObjectionPage, ObjectionsPage } from './pages/access/objections.tsx';
import { ProposalPage } from './pages/access/proposal.tsx';
import { ProposalsPage } from './pages/access/proposals.tsx';
import { AccountPage } from './pages/account.tsx';
import { DeedsOfAccountPage } from './pages/audit/account.tsx';
import { LooksAtPersonPage } from './pages/audit/person.tsx';
import { UnusualPage } from './pages/audit/unusual.tsx';
import { VerifyPage } from './pages/audit/verify.tsx';
import { BrokenPage } from './pages/broken.tsx';
import { ClockPage } from './pages/clock.tsx';
import { BillPage } from './pages/employer/bill.tsx';
import { CorrectPage } from './pages/employer/correct.tsx';
import { DeferPage, OrderPage, RefundPage } from './pages/employer/forms.tsx';
import { EmployerPage } from './pages/employer/index.tsx';
import { WithdrawPage } from './pages/employer/withdraw.tsx';
import { EmployersPage } from './pages/employers.tsx';
import { AgeingPage, CountiesPage } from './pages/figures/counties.tsx';
import { EntriesPage } from './pages/figures/entries.tsx';
import { StatementPage } from './pages/figures/statement.tsx';
import { TrialBalancePage } from './pages/figures/trial-balance.tsx';
import { MissingPage } from './pages/missing.tsx';
import { AssessPage, ClosePage, CollectPage, RestPage } from './pages/month/acts.tsx';
import { MonthPage } from './pages/month/index.tsx';
import { MonthsPage } from './pages/months.tsx';
import { PersonPage } from './pages/person.tsx';
import { PersonsPage } from './pages/persons.tsx';
import { SuspensePage } from './pages/suspense.tsx';
import { SuspenseItemPage } from './pages/suspense-item.tsx';
import { UndeclaredPage } from './pages/undeclared.tsx';
import { UnpaidPage } from './pages/unpaid.tsx';

const drawn: readonly RouteObject[] = [
  { path: 'month', element: <MonthPage /> },
  { path: 'month/:month', element: <MonthPage /> },
  { path: 'month/:month/assess', element: <AssessPage /> },
  { path: 'month/:month/collect', element: <CollectPage /> },
  { path: 'month/:month/close', element: <ClosePage /> },
  { path: 'month/:month/rest', element: <RestPage /> },
  { path: 'months', element: <MonthsPage /> },
  { path: 'undeclared', element: <UndeclaredPage /> },
  { path: 'unpaid', element: <UnpaidPage /> },
  { path: 'suspense', element: <SuspensePage /> },
  { path: 'suspense/:receipt', element: <SuspenseItemPage /> },
  { path: 'persons', element: <PersonsPage /> },
  { path: 'persons/:person', element: <PersonPage /> },
  { path: 'employers', element: <EmployersPage /> },
  { path: 'employers/:employer', element: <EmployerPage /> },
  { path: 'employers/:employer/bills/:month', element: <BillPage /> },
  { path: 'employers/:employer/order', element: <OrderPage /> },
  { path: 'employers/:employer/withdraw', element: <WithdrawPage /> },
  { path: 'employers/:employer/defer', element: <DeferPage /> },
  { path: 'employers/:employer/refund', element: <RefundPage /> },
  { path: 'employers/:employer/correct', element: <CorrectPage /> },
  { path: 'statement', element: <StatementPage /> },
  { path: 'trial-balance', element: <TrialBalancePage /> },
  { path: 'entries', element: <EntriesPage /> },
  { path: 'ageing', element: <AgeingPage /> },
  { path: 'by-county', element: <CountiesPage /> },
  { path: 'proposals', element: <ProposalsPage /> },
  { path: 'proposals/:proposal', element: <ProposalPage /> },
  { path: 'matters', element: <MattersPage /> },
  { path: 'matters/new', element: <NewMatterPage /> },
  { path: 'matters/:matter', element: <MatterPage /> },
  { path: 'objections', element: <ObjectionsPage /> },
  { path: 'objections/:objection', element: <ObjectionPage /> },
  { path: 'audit/unusual', element: <UnusualPage /> },
  { path: 'audit/person', element: <LooksAtPersonPage /> },
  { path: 'audit/account', element: <DeedsOfAccountPage /> },
  { path: 'audit/verify', element: <VerifyPage /> },
  { path: 'account', element: <AccountPage /> },
  { path: 'clock', element: <ClockPage /> },
  { path: '*', element: <MissingPage /> },
];

/** Every page of the desk by its address; what cannot be drawn is told in its place. */
export const pages: readonly RouteObject[] = [
  { errorElement: <BrokenPage />, children: [...drawn] },
];
