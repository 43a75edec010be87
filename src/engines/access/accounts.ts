import { hash } from '@node-rs/argon2';
import type { Tx } from '../../kernel/database/index.ts';
import {
  type Actor,
  defineErrors,
  MindunError,
  type PlainDate,
  publicId,
} from '../../kernel/index.ts';

defineErrors({
  'account-exists': {
    message: { zh: '这个登录名已经有账号', en: 'There is an account with this log-in already' },
    mend: { zh: '请用已有的账号。', en: 'Use the existing account.' },
    status: 409,
  },
  'demo-in-live-city': {
    message: { zh: '正式城市不能有演示账号', en: 'A live city cannot have demo accounts' },
    mend: { zh: '请建正式账号。', en: 'Create an ordinary account.' },
    status: 400,
  },
});

// argon2id at the strength that the library's authors and OWASP give (19 MiB, 2 passes).
export const argon = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface NewAccount {
  readonly kind: Actor['kind'];
  readonly login: string;
  readonly name: string;
  readonly password: string | null;
  /** Whether somebody else chose the password and tells it: it must be changed first. */
  readonly told?: boolean;
  readonly personId?: number;
  readonly employerId?: number;
  readonly demo?: boolean;
  readonly role: string;
  readonly areaLo: number;
  readonly areaHi: number;
  /** Last day of the role; without one until it is taken away. */
  readonly until?: PlainDate | undefined;
  readonly reason: string;
}

/**
 * Opens an account with one grant, inside a transaction that has the system's eyes.
 * @param act recorded order of the act that opens it
 * @param on first day of the role
 * @throws MindunError account-exists, demo-in-live-city
 */
export async function openAccount(
  tx: Tx,
  account: NewAccount,
  act: number,
  on: PlainDate,
): Promise<{ id: number; publicId: string }> {
  if (account.demo === true) {
    const { kind } = await tx.one<{ kind: string }>('select kind from city');
    if (kind !== 'simulated') throw new MindunError('demo-in-live-city');
  }
  const login = account.login.trim().toLowerCase();
  const taken = await tx.maybe('select 1 from account where login = $1 and ended is null', [login]);
  if (taken !== undefined) throw new MindunError('account-exists');
  const id = publicId();
  const passwordHash = account.password === null ? null : await hash(account.password, argon);
  const row = await tx.one<{ id: number }>(
    `insert into account (public_id, kind, login, name, password_hash, password_told, person_id, employer_id, demo, act)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
    [
      id,
      account.kind,
      login,
      account.name,
      passwordHash,
      account.told ?? false,
      account.personId ?? null,
      account.employerId ?? null,
      account.demo ?? false,
      act,
    ],
  );
  await tx.execute(
    `insert into access_grant (account_id, role, area_lo, area_hi, valid, reason, act)
     values ($1, $2, $3, $4, daterange($5, $6, '[]'), $7, $8)`,
    [
      row.id,
      account.role,
      account.areaLo,
      account.areaHi,
      on,
      account.until ?? null,
      account.reason,
      act,
    ],
  );
  return { id: row.id, publicId: id };
}

/**
 * Gives the account under a citizen number that is a person's no more the one that is, unless there is an account under it already.
 * Runs with the system's eyes.
 */
export async function moveLogin(tx: Tx, from: string, to: string): Promise<void> {
  await tx.execute(
    `update account set login = lower($2) where login = lower($1) and kind = 'person' and ended is null
       and not exists (select from account where login = lower($2) and ended is null)`,
    [from, to],
  );
}
