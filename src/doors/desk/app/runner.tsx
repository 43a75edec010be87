import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import type { MonthStep } from '../../../services/insurance/index.ts';
import { type Commands, Refused } from './api.ts';
import { onceKey } from './asking.ts';
import { useSession } from './session.tsx';

/** The steps that somebody at a desk takes. */
export type Taken = Exclude<MonthStep, 'declare'>;

/** A step that was taken in this window, or is being taken. */
export interface Run {
  readonly month: string;
  readonly step: Taken;
  readonly state: 'running' | 'done' | 'refused';
  /** Milliseconds of this window's clock when it began and ended. */
  readonly began: number;
  readonly ended?: number;
  readonly answer?: Commands[keyof Commands][1];
  readonly fault?: Refused;
}

type Order =
  | { readonly step: 'assess' | 'credit' | 'close'; readonly month: string }
  | {
      readonly step: 'collect';
      readonly month: string;
      readonly fileName: string;
      readonly content: string;
    };

interface Runner {
  readonly runs: readonly Run[];
  readonly busy: boolean;
  /** Takes one step after another; the first that is refused ends it. */
  readonly start: (orders: readonly Order[]) => Promise<void>;
}

const RunnerContext = createContext<Runner | null>(null);

/** Keeps the steps that were started here while one goes from page to page. */
export function RunnerProvider({ children }: { readonly children: ReactNode }) {
  const { run, readClock } = useSession();
  const [runs, setRuns] = useState<readonly Run[]>([]);
  const busy = runs.some((r) => r.state === 'running');
  const runner = useMemo(
    (): Runner => ({
      runs,
      busy,
      start: async (orders) => {
        setRuns([]);
        for (const order of orders) {
          const one = { month: order.month, step: order.step, began: performance.now() };
          setRuns((all) => [...all, { ...one, state: 'running' }]);
          const end = (how: Pick<Run, 'state' | 'answer' | 'fault'>) =>
            setRuns((all) => [...all.slice(0, -1), { ...one, ...how, ended: performance.now() }]);
          try {
            end({ state: 'done', answer: await take(run, order) });
          } catch (error) {
            if (!(error instanceof Refused)) throw error;
            end({ state: 'refused', fault: error });
            break;
          }
        }
        await readClock();
      },
    }),
    [runs, busy, run, readClock],
  );
  return <RunnerContext value={runner}>{children}</RunnerContext>;
}

function take(run: ReturnType<typeof useSession>['run'], order: Order) {
  const key = onceKey();
  const { month } = order;
  if (order.step === 'collect') {
    const { fileName, content } = order;
    return run('insurance.collect', { fileName, content }, key);
  }
  return run(`insurance.${order.step}`, { month }, key);
}

export function useRunner(): Runner {
  const runner = useContext(RunnerContext);
  if (runner === null) throw new Error('outside of RunnerProvider');
  return runner;
}
