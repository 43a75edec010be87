import type { Reach, Store, Tx } from '../../../kernel/database/index.ts';
import { faultPlace, type Log, type Moment, momentOfWall } from '../../../kernel/index.ts';
import { type MessageKind, messageText } from './words.ts';

const system: Reach = { role: 'system' };
const backoff = "least(interval '6 hours', interval '1 minute' * power(2, attempts))";
const mostAttempts = 12;

/** Puts a message for an account's owner into the outbox, in the transaction of what it tells. @param act null: of no act */
export async function tell(
  tx: Tx,
  account: number,
  kind: MessageKind,
  act: number | null = null,
  values: Readonly<Record<string, string>> = {},
): Promise<void> {
  await tx.execute(`insert into outbox (act, kind, body) values ($1, 'message', $2)`, [
    act,
    { account, message: kind, values },
  ]);
}

/** A message as its owner reads it on the pages. */
export interface MessageView {
  readonly at: Moment;
  readonly text: { readonly zh: string; readonly en: string };
}

interface Body {
  readonly message: MessageKind;
  readonly values: Readonly<Record<string, string>>;
}

/** An account's messages of the last 90 days, the newest first, at most fifty. */
export async function messagesOf(tx: Tx, account: number): Promise<MessageView[]> {
  const rows = await tx.rows<{ at: number; body: Body }>(
    `select (extract(epoch from made) * 1000)::bigint as at, body from outbox
     where kind = 'message' and (body ->> 'account')::bigint = $1 and made > clock_timestamp() - interval '90 days'
     order by id desc limit 50`,
    [account],
  );
  return rows.map((r) => ({
    at: momentOfWall(r.at),
    text: messageText(r.body.message, r.body.values),
  }));
}

/** A message on its way to an address. */
export interface Letter {
  /** The same when it is sent again: who receives it twice can tell. */
  readonly id: string;
  readonly to: string;
  readonly text: { readonly zh: string; readonly en: string };
}

/** Takes letters to where they go; resolves when it answers for a letter. */
export interface Sender {
  send(letter: Letter): Promise<void>;
}

/**
 * Sends what is due, one by one: a letter is marked in the transaction that held it while it was sent, so that a process that is killed sends
 * again what it had not marked, and nothing else. What fails is tried again later and later. Who has no address, and everybody
 * where there is no sender, reads it on the pages alone.
 * @returns how many left
 */
export async function deliver(
  store: Store,
  city: string,
  sender: Sender | null,
  log: Log,
): Promise<number> {
  await tellLocks(store);
  let sent = 0;
  for (;;) {
    const what = await store.transaction(system, (tx) => deliverOne(tx, city, sender, log));
    if (what === 'none') return sent;
    if (what === 'sent') sent += 1;
  }
}

async function deliverOne(
  tx: Tx,
  city: string,
  sender: Sender | null,
  log: Log,
): Promise<'none' | 'sent' | 'kept' | 'failed'> {
  const row = await tx.maybe<{ id: number; body: Body; email: string | null }>(
    `select o.id, o.body, a.email from outbox o join account a on a.id = (o.body ->> 'account')::bigint
     where o.kind = 'message' and o.sent is null and o.given_up is null and o.due <= clock_timestamp()
     order by o.due, o.id limit 1 for update of o skip locked`,
  );
  if (row === undefined) return 'none';
  const mark = 'update outbox set sent = clock_timestamp() where id = $1';
  if (row.email === null || sender === null) {
    await tx.execute(mark, [row.id]);
    return 'kept';
  }
  try {
    const text = messageText(row.body.message, row.body.values);
    await sender.send({ id: `${city}-${row.id}`, to: row.email, text });
  } catch (error) {
    log.warn('message not sent', { reference: `${city}-${row.id}`, error: faultPlace(error) });
    await tx.execute(
      `update outbox set attempts = attempts + 1, due = clock_timestamp() + ${backoff},
         given_up = case when attempts + 1 >= $2 then clock_timestamp() end where id = $1`,
      [row.id, mostAttempts],
    );
    return 'failed';
  }
  await tx.execute(mark, [row.id]);
  return 'sent';
}

/** Locks are told here and not where they begin: a try to sign in does the same work whether there is such an account or not. */
async function tellLocks(store: Store): Promise<void> {
  await store.transaction(system, async (tx) => {
    const locked = await tx.rows<{ account: number | null }>(
      `update sign_in_login l set told = true where not l.told and l.locked_until > clock_timestamp()
       returning (select a.id from account a, sign_in_key k
         where a.ended is null and sha256(k.key || convert_to(a.login, 'UTF8')) = l.login_hash) as account`,
    );
    for (const { account } of locked)
      if (account !== null) await tell(tx, account, 'account-locked');
  });
}
