import type { RouteObject } from 'react-router';
import { MissingPage } from './pages/missing.tsx';
import { AssessPage, ClosePage, CollectPage, RestPage } from './pages/month/acts.tsx';
import { MonthPage } from './pages/month/index.tsx';
import { MonthsPage } from './pages/months.tsx';
import { SuspensePage } from './pages/suspense.tsx';
import { UndeclaredPage } from './pages/undeclared.tsx';
import { UnpaidPage } from './pages/unpaid.tsx';

/** Every page of the desk by its address. */
export const pages: readonly RouteObject[] = [
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
  { path: '*', element: <MissingPage /> },
];
