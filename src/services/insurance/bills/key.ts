import { receivableKeys } from '../../../engines/fund/index.ts';
import type { Tx } from '../../../kernel/database/index.ts';
import { lastDay, MindunError, monthOfPeriod, type PlainDate } from '../../../kernel/index.ts';
import { readBillNumber } from './bills.ts';
import '../clerk-errors.ts';

export interface BillKey {
  readonly id: number;
  readonly number: string;
  readonly employer: number;
  readonly area: number;
  /** Null while no document sets the days to pay. */
  readonly dueOn: PlainDate | null;
}

/** A bill by its number, as people write it. @throws MindunError unknown-bill (also for what the actor may not see) */
export async function billByNumber(tx: Tx, number: string): Promise<BillKey> {
  const found = await tx.maybe<BillKey>(
    `select id, number, employer_id as employer, area, due_on::text as "dueOn" from bill
     where number = any ($1) limit 1`,
    [[number.trim(), readBillNumber(number) ?? '']],
  );
  if (found === undefined) throw new MindunError('unknown-bill', { bill: number });
  return found;
}

/** Open principal on a bill, in fen. */
export async function openOn(tx: Tx, bill: BillKey): Promise<number> {
  const { open } = await tx.one<{ open: number }>(
    `select coalesce(sum(amount), 0)::bigint as open from entry
     where book = 2 and account = $3 and employer_id = $1 and bill_id = $2`,
    [bill.employer, bill.id, receivableKeys.contributionsDue],
  );
  return open;
}

/** Two acts on the same thing stand in line: the second sees what the first did. */
export async function inLine(tx: Tx, thing: string): Promise<void> {
  await tx.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [thing]);
}

const moneySpace = 0x6d70;

/**
 * Acts on an employer's money stand in line; without an employer, before and after those on anybody's. Else two bank files at once would
 * both pay what is open.
 */
export async function moneyInLine(tx: Tx, employer?: number): Promise<void> {
  if (employer === undefined) {
    await tx.rows('select pg_advisory_xact_lock($1, 0)', [moneySpace]);
    return;
  }
  await tx.rows('select pg_advisory_xact_lock_shared($1, 0)', [moneySpace]);
  await inLine(tx, `money ${employer}`);
}

/** The day on which a posting of this month of the books stands: the day itself, or the month's last when it is past. */
export function bookedOn(ofPeriod: number, on: PlainDate): PlainDate {
  const end = lastDay(monthOfPeriod(ofPeriod));
  return on > end ? end : on;
}
