import { walkAudit } from '../../../engines/access/index.ts';
import type { CheckDefinition } from './check.ts';

/** Acts and looks are those that were sealed, and the chain of their batches is whole. */
export const trailChecks: readonly CheckDefinition[] = [
  {
    name: 'audit-trail',
    run: async (context) => {
      const { rows, faults } = await context.aside((tx) => walkAudit(tx));
      return { counted: rows, wrong: faults.length };
    },
  },
];
