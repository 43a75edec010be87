import { z } from 'zod';
import { employerBy } from '../../engines/registry/index.ts';
import { defineQuery, type Month, period } from '../../kernel/index.ts';

/** What the names of the simulation's own files of a month begin with: rosters and bank files. */
export function ownFiles(month: Month): string {
  return `sim-${month}`;
}

/**
 * Who declares for an employer in a month. `others`: a person did so at a page or on the command line, for this month or an earlier one; what
 * he declared counts until he declares again, and the simulation hands in nothing over it. `nobody`: nothing is handed in for this month yet.
 */
export interface RosterBy {
  readonly by: 'nobody' | 'simulation' | 'others';
}

/** @throws MindunError unknown-employer */
const rosterBy = defineQuery({
  name: 'simulation.roster-by',
  title: { zh: '谁申报了这个单位的月份', en: 'Who declared an employer’s month' },
  input: z.object({ employer: z.string().min(1), month: z.string() }),
  async run(context, input): Promise<RosterBy> {
    return context.elevate(async () => {
      const employer = await employerBy(context.tx, input.employer);
      const latest = await context.tx.maybe<{ period: number; own: boolean }>(
        `select d.period, starts_with(f.name, 'sim-') as own
         from declaration d join upload u on u.id = d.upload_id join file f on f.id = u.file_id
         where d.employer_id = $1 and d.period <= $2 and d.kind in ('full', 'changes')
         order by d.period desc, d.id desc limit 1`,
        [employer.id, period(input.month as Month)],
      );
      if (latest?.own === false) return { by: 'others' };
      return { by: latest?.period === period(input.month as Month) ? 'simulation' : 'nobody' };
    });
  },
});

/** Codes of the employers whose money others booked in the books of a month or since: the simulation pays nothing for them. */
const paidByOthers = defineQuery({
  name: 'simulation.paid-by-others',
  title: { zh: '别人已录到账的单位', en: 'Employers whose receipts others booked' },
  input: z.object({ month: z.string() }),
  async run(context, input): Promise<{ employers: string[] }> {
    return context.elevate(async () => {
      const rows = await context.tx.rows<{ code: string }>(
        `select distinct c.code from receipt r join bank_file f on f.id = r.bank_file_id
           left join receipt_resolution s on s.receipt_id = r.id
           join employer_code c on c.employer_id = coalesce(r.employer_id, s.employer_id)
         where r.period >= $1 and not starts_with(f.name, 'sim-')`,
        [period(input.month as Month)],
      );
      return { employers: rows.map((r) => r.code) };
    });
  },
});

export const othersQueries = [rosterBy, paidByOthers] as const;
