import type { Tx } from '../../kernel/database/index.ts';
import {
  type Context,
  MindunError,
  type PlainDate,
  type QueryContext,
  visible,
} from '../../kernel/index.ts';
import { defineSealed, type Opener, type Sealer } from '../../kernel/sealed/index.ts';
import { plainAccount } from './bank-number.ts';
import { type PersonRow, personIds } from './persons.ts';

const table = 'payout_account';
const bank = defineSealed({
  table,
  column: 'bank',
  title: { zh: '发放账户的开户银行', en: 'banks of payout accounts' },
});
const number = defineSealed({
  table,
  column: 'number',
  index: 'number_index',
  title: { zh: '发放账户的账号', en: 'numbers of payout accounts' },
  normal: plainAccount,
});
const holder = defineSealed({
  table,
  column: 'holder',
  title: { zh: '发放账户的户名', en: 'holders of payout accounts' },
});
const columns = { bank, number, holder };

/** Where a person's money is paid to. */
export interface PayoutDetails {
  readonly bank: string;
  /** Digits alone. */
  readonly number: string;
  readonly holder: string;
}

/** A payout account as it is known now. */
export interface PayoutFact extends PayoutDetails {
  readonly from: PlainDate;
  /** First day on which it holds no more; null: no end is known. */
  readonly until: PlainDate | null;
}

interface StoredFact {
  readonly id: number;
  readonly person: number;
  readonly area: number;
  readonly from: PlainDate;
  readonly until: PlainDate | null;
  readonly bank: Buffer;
  readonly number: Buffer;
  readonly holder: Buffer;
  readonly reason: string;
}

const factColumns = `id, person_id as person, area, lower(valid)::text as "from", upper(valid)::text as until, bank, number, holder, reason`;

type Sealing = Pick<Context, 'tx' | 'sealed'>;

async function opening({ tx, sealed }: Sealing): Promise<(fact: StoredFact) => PayoutFact> {
  const openers = {} as Record<keyof PayoutDetails, Opener>;
  for (const [name, column] of Object.entries(columns))
    openers[name as keyof PayoutDetails] = await sealed.opener(tx, column);
  return (fact) => ({
    bank: openers.bank.open(fact.id, fact.bank),
    number: openers.number.open(fact.id, fact.number),
    holder: openers.holder.open(fact.id, fact.holder),
    from: fact.from,
    until: fact.until,
  });
}

/**
 * A person's payout account on a day as it is known now: the file's own, else that of a file merged into it. Runs with the system's eyes.
 * @throws MindunError keys-lost, sealed-broken, sealed-given-up
 */
export async function payoutAccountOf(
  context: Pick<QueryContext, 'tx' | 'sealed'>,
  person: number,
  on: PlainDate,
): Promise<PayoutFact | null> {
  const files = await personIds(context.tx, person);
  const found = await context.tx.maybe<StoredFact>(
    `select ${factColumns} from payout_account where person_id = any ($1) and upper_inf(known) and valid @> $2::date
     order by array_position($1::bigint[], person_id) limit 1`,
    [files, on],
  );
  return found === undefined ? null : (await opening(context))(found);
}

/** The account that holds from a day on, with why. */
export interface NewPayout extends PayoutDetails {
  readonly from: PlainDate;
  readonly reason: string;
}

/**
 * Makes an account the person's from a day on: what was known of that day and later is closed, what held before that day is known still. Runs with the system's
 * eyes.
 * @returns false: it is known already
 */
export async function setPayoutAccount(
  context: Context,
  person: PersonRow,
  next: NewPayout,
): Promise<boolean> {
  const { tx, act } = context;
  // Two at once: the second waits, and closes what the first made known.
  await tx.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`payout ${person.id}`]);
  const known = await tx.rows<StoredFact>(
    `select ${factColumns} from payout_account where person_id = any ($1) and upper_inf(known)
       and valid && daterange($2::date, null) order by lower(valid)`,
    [await personIds(tx, person.id), next.from],
  );
  const open = readable(await opening(context));
  const now = known.length === 1 ? open(known[0]!) : undefined;
  if (now !== undefined && now.until === null && now.from <= next.from && same(now, next))
    return false;
  await tx.execute(
    'update payout_account set known = int8range(lower(known), $2) where id = any ($1)',
    [known.map((k) => k.id), act],
  );
  // What held before the day is written anew with its end: a sealed value is its row's alone.
  const before = known.flatMap((k) => {
    const fact = k.from < next.from ? open(k) : undefined;
    const { person: file, area, reason } = k;
    return fact === undefined ? [] : [{ ...fact, until: next.from, person: file, area, reason }];
  });
  const fresh = { ...next, until: null, person: person.id, area: person.area };
  await insertFacts(context, [...before, fresh]);
  return true;
}

/** What was given up with its lost key can be followed by another account, though not be written anew. */
function readable(
  open: (fact: StoredFact) => PayoutFact,
): (fact: StoredFact) => PayoutFact | undefined {
  return (fact) => {
    try {
      return open(fact);
    } catch (error) {
      if (error instanceof MindunError && error.code === 'sealed-given-up') return undefined;
      throw error;
    }
  };
}

function same(a: PayoutDetails, b: PayoutDetails): boolean {
  return a.number === b.number && a.bank === b.bank && a.holder === b.holder;
}

interface FreshFact extends PayoutFact {
  readonly person: number;
  readonly area: number;
  readonly reason: string;
}

async function insertFacts(context: Context, facts: readonly FreshFact[]): Promise<void> {
  const { tx, sealed, act } = context;
  const sealers = {} as Record<keyof PayoutDetails, Sealer>;
  for (const [name, column] of Object.entries(columns))
    sealers[name as keyof PayoutDetails] = await sealed.sealer(tx, column);
  const ids = await tx.draw('payout_account_id_seq', facts.length);
  for (const [at, fact] of facts.entries()) {
    const id = ids[at]!;
    await tx.execute(
      `insert into payout_account (id, person_id, area, bank, number, number_index, holder, valid, known, reason, act)
       values ($1, $2, $3, $4, $5, $6, $7, daterange($8::date, $9::date), int8range($11, null), $10, $11)`,
      [
        id,
        fact.person,
        fact.area,
        sealers.bank.seal(id, fact.bank),
        sealers.number.seal(id, fact.number),
        sealers.number.index(fact.number),
        sealers.holder.seal(id, fact.holder),
        fact.from,
        fact.until,
        fact.reason,
        act,
      ],
    );
  }
}

/** How many other persons are paid to an account from a day on. Runs with the system's eyes. */
export async function othersPaidTo(
  context: Sealing & { readonly tx: Tx },
  account: string,
  person: number,
  on: PlainDate,
): Promise<number> {
  const { tx, sealed } = context;
  const indexes = (await sealed.opener(tx, number)).indexes(account);
  const { others } = await tx.one<{ others: number }>(
    `select count(distinct person_id)::int as others from payout_account
     where number_index = any ($1::bytea[]) and upper_inf(known) and valid && daterange($2::date, null) and person_id <> all ($3)`,
    [indexes, on, await personIds(tx, person)],
  );
  return others;
}

/** A bank's or holder's name without what nobody sees, and without white space at its ends. */
export function plainName(text: string): string {
  return visible(text.normalize('NFKC')).trim();
}
