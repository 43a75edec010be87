import { hash, verify } from '@node-rs/argon2';
import type { Tx } from '../../kernel/database/index.ts';
import {
  defineErrors,
  MindunError,
  type Moment,
  type PlainDate,
  type Text,
} from '../../kernel/index.ts';
import { argon } from './accounts.ts';
import { tell } from './messages/index.ts';
import { endSessions } from './sessions.ts';
import { assertPassword } from './sign-in/password-rules.ts';
import { countLogin, forgetTries } from './throttle.ts';

defineErrors({
  'unknown-account': {
    message: { zh: '没有这个账号：{login}', en: 'There is no such account: {login}' },
    mend: { zh: '请核对登录名。', en: 'Check the log-in.' },
    status: 404,
  },
  'grant-exists': {
    message: { zh: '这个账号在这里已经有这个岗位', en: 'The account has this role here already' },
    mend: { zh: '不用再授权。', en: 'Nothing needs to be granted.' },
    status: 409,
  },
  'grant-missing': {
    message: { zh: '这个账号在这里没有这个岗位', en: 'The account has no such role here' },
    mend: { zh: '请核对岗位和区划。', en: 'Check the role and the area.' },
    status: 404,
  },
  'grant-days-reversed': {
    message: {
      zh: '授权从 {from} 到 {until}，日期反了',
      en: 'The role would run backwards: {from} to {until}',
    },
    mend: { zh: '请核对起止日期。', en: 'Check both days.' },
    status: 400,
  },
  'password-wrong': {
    message: { zh: '现在的密码不对', en: 'The present password is wrong' },
    mend: { zh: '请核对后再试。', en: 'Check it and try again.' },
    status: 403,
  },
});

/** An account as those who look after accounts see it. */
export interface AccountFacts {
  readonly id: number;
  readonly publicId: string;
  readonly kind: 'person' | 'employer' | 'staff' | 'auditor' | 'operator' | 'system';
  readonly login: string;
  readonly name: string;
  readonly personId: number | null;
  readonly employerId: number | null;
}

/** The account under a log-in that is not ended, with the system's eyes. @throws MindunError unknown-account */
export async function accountBy(tx: Tx, login: string): Promise<AccountFacts> {
  const found = await tx.maybe<AccountFacts>(
    `select id, public_id as "publicId", kind, login, name, person_id as "personId", employer_id as "employerId"
     from account where login = $1 and ended is null`,
    [login.trim().toLowerCase()],
  );
  if (found === undefined) throw new MindunError('unknown-account', { login });
  return found;
}

/** Gives an account a new password, told to its owner by somebody else, lifts its lock and ends its sessions. */
export async function resetTo(tx: Tx, account: AccountFacts, password: string): Promise<void> {
  await tx.execute('update account set password_hash = $2, password_told = true where id = $1', [
    account.id,
    await hash(password, argon),
  ]);
  await tell(tx, account.id, 'password-changed');
  await forgetTries(tx, account.login);
  await endSessions(tx, account.id);
}

/** Counts a try to show one's own password, durably, before it is looked at. @throws MindunError account-locked */
export async function countOwnTry(tx: Tx, account: number): Promise<void> {
  const { login } = await tx.one<{ login: string }>('select login from account where id = $1', [
    account,
  ]);
  await countLogin(tx, login);
}

/**
 * Changes one's own password; every other session of the account ends.
 * @param session public id of the one in which it is changed: it goes on, under a new token
 * @throws MindunError password-wrong, password-short, password-common, password-personal
 */
export async function changePassword(
  tx: Tx,
  id: number,
  { present, next, city }: { readonly present: string; readonly next: string; readonly city: Text },
  session: string | undefined,
): Promise<void> {
  const { stored, ...owner } = await tx.one<{ stored: string | null; login: string; name: string }>(
    'select password_hash as stored, login, name from account where id = $1 for update',
    [id],
  );
  if (stored === null || !(await verify(stored, present))) throw new MindunError('password-wrong');
  await assertPassword(next, { ...owner, city });
  await tx.execute('update account set password_hash = $2, password_told = false where id = $1', [
    id,
    await hash(next, argon),
  ]);
  await tell(tx, id, 'password-changed');
  await forgetTries(tx, owner.login);
  await endSessions(tx, id, session);
}

/** Lets an account that was locked after wrong tries try again. */
export async function unlock(tx: Tx, account: AccountFacts): Promise<void> {
  await forgetTries(tx, account.login);
}

/** Ends an account with its sessions; its acts and looks stay. */
export async function endAccount(tx: Tx, id: number): Promise<void> {
  await tx.execute('update account set ended = clock_timestamp() where id = $1', [id]);
  await endSessions(tx, id);
}

/** A role of an account in a range of areas. */
export interface GrantPlace {
  readonly role: string;
  readonly areaLo: number;
  readonly areaHi: number;
}

/** The days on which a role is held; without an end until it is taken away. */
export interface GrantDays {
  readonly from: PlainDate;
  readonly until: PlainDate | null;
}

/** Grants a role for some days, both counted. @throws MindunError grant-exists, grant-days-reversed */
export async function addGrant(
  tx: Tx,
  account: number,
  grant: GrantPlace & { readonly reason: string; readonly post?: number },
  { from, until }: GrantDays,
  act: number,
): Promise<void> {
  if (until !== null && until < from) throw new MindunError('grant-days-reversed', { from, until });
  const there = await tx.maybe(
    `select 1 from access_grant where account_id = $1 and role = $2 and area_lo = $3 and area_hi = $4
       and valid && daterange($5, $6, '[]')`,
    [account, grant.role, grant.areaLo, grant.areaHi, from, until],
  );
  if (there !== undefined) throw new MindunError('grant-exists');
  await tx.execute(
    `insert into access_grant (account_id, role, area_lo, area_hi, valid, reason, post, act)
     values ($1, $2, $3, $4, daterange($5, $6, '[]'), $7, $8, $9)`,
    [
      account,
      grant.role,
      grant.areaLo,
      grant.areaHi,
      from,
      until,
      grant.reason,
      grant.post ?? null,
      act,
    ],
  );
}

/** Ends a role: the day before is its last; one that has not begun never does. @throws MindunError grant-missing */
export async function endGrant(
  tx: Tx,
  account: number,
  grant: GrantPlace,
  on: PlainDate,
): Promise<void> {
  const ended = await tx.execute(`${endSql} and role = $3 and area_lo = $4 and area_hi = $5`, [
    account,
    on,
    grant.role,
    grant.areaLo,
    grant.areaHi,
  ]);
  if (ended === 0) throw new MindunError('grant-missing');
}

const endSql = `update access_grant set valid = daterange(lower(valid), greatest(lower(valid), $2::date))
  where account_id = $1 and not isempty(valid) and (upper_inf(valid) or upper(valid) > $2::date)`;

/** Ends every role that an account has or will have: the day before is the last. */
export async function endGrants(tx: Tx, account: number, on: PlainDate): Promise<void> {
  await tx.execute(endSql, [account, on]);
}

/**
 * Whoever leaves: every role ends (yesterday was its last day), matters are closed, what was put forward is withdrawn, the account and its
 * sessions end. All at once, in the caller's transaction; acts and looks stay.
 */
export async function leaveAll(
  tx: Tx,
  account: number,
  how: {
    readonly reason: string;
    readonly at: Moment;
    readonly on: PlainDate;
    readonly act: number;
  },
): Promise<void> {
  await endGrants(tx, account, how.on);
  await tx.execute(
    `insert into matter_end (matter, at, reason, act)
     select m.id, $2, $3, $4 from matter m where m.account_id = $1 on conflict (matter) do nothing`,
    [account, how.at, how.reason, how.act],
  );
  await tx.execute(
    `insert into proposal_step (proposal, step, account_id, at, note, act)
     select p.id, 'withdrawn', $1, $2, $3, $4 from proposal p where p.account_id = $1
       and not exists (select from proposal_step s where s.proposal = p.id and s.step <> 'reviewed')`,
    [account, how.at, how.reason, how.act],
  );
  await endAccount(tx, account);
}

/** Whether every role that an account has or will have lies within a range. */
export async function grantsWithin(
  tx: Tx,
  account: number,
  range: { readonly areaLo: number; readonly areaHi: number },
  on: PlainDate,
): Promise<boolean> {
  const beyond = await tx.maybe(
    `select 1 from access_grant where account_id = $1 and not isempty(valid) and (upper_inf(valid) or upper(valid) > $2::date)
       and (area_lo < $3 or area_hi > $4) limit 1`,
    [account, on, range.areaLo, range.areaHi],
  );
  return beyond === undefined;
}
