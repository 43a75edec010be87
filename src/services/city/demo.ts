import { z } from 'zod';
import { type NewAccount, openAccount } from '../../engines/access/index.ts';
import { lastKey } from '../../engines/jurisdiction/index.ts';
import { type Context, defineCommand, MindunError, randomText } from '../../kernel/index.ts';

export interface DemoAccount {
  readonly role: string;
  readonly login: string;
  /** Told once: the store keeps its hash. */
  readonly password: string;
  readonly name: string;
}

/**
 * Opens the log-ins of a simulated city: ordinary accounts with random passwords, told once. Where they stand already
 * nothing is told.
 * @throws MindunError city-live
 */
export const openDemoAccounts = defineCommand({
  name: 'city.open-demo-accounts',
  title: { zh: '开演示账号', en: 'Open demo accounts' },
  input: z.object({}),
  async run(context): Promise<{ accounts: DemoAccount[] }> {
    if (context.city.kind === 'live') throw new MindunError('city-live');
    return context.elevate(async () => {
      const there = await context.tx.maybe('select 1 from account where demo and ended is null');
      if (there !== undefined) return { accounts: [] };
      const accounts: DemoAccount[] = [];
      for (const account of await demoAccounts(context)) {
        const password = randomText(10);
        await openAccount(
          context.tx,
          { ...account, password, demo: true },
          context.act,
          context.today,
        );
        accounts.push({ role: account.role, login: account.login, password, name: account.name });
      }
      return { accounts };
    });
  },
});

async function demoAccounts(context: Context): Promise<Omit<NewAccount, 'password' | 'demo'>[]> {
  const lo = Number(context.city.code.padEnd(12, '0'));
  const range = { areaLo: lo, areaHi: lastKey(lo, 'city'), reason: '演示' };
  const staff = { kind: 'staff', ...range } as const;
  const accounts: Omit<NewAccount, 'password' | 'demo'>[] = [
    { ...staff, login: 'jingban', name: '征缴经办', role: 'collection-clerk' },
    { ...staff, login: 'kuaiji', name: '基金会计', role: 'fund-accountant' },
    { ...range, kind: 'auditor', login: 'shenji', name: '审计', role: 'auditor' },
  ];
  const employer = await context.tx.maybe<{ id: number; code: string; name: string }>(
    `select f.employer_id as id, c.code, f.name from employer_fact f
     join employer_code c on c.employer_id = f.employer_id and upper_inf(c.known) and upper_inf(c.valid)
     join declaration d on d.employer_id = f.employer_id
     where f.category = 1 and upper_inf(f.known) and d.rows between 20 and 60 order by f.employer_id limit 1`,
  );
  if (employer === undefined) return accounts;
  accounts.push({
    ...range,
    kind: 'employer',
    login: employer.code,
    name: `${employer.name} 经办`,
    role: 'handler',
    employerId: employer.id,
  });
  const person = await context.tx.maybe<{ id: number; number: string; name: string }>(
    `select f.person_id as id, f.number, f.name from person_fact f join spell s on s.person_id = f.person_id
     where s.employer_id = $1 and upper_inf(s.valid) and upper_inf(s.known) and upper_inf(f.known) and s.schemes = 31
     order by f.person_id limit 1`,
    [employer.id],
  );
  if (person !== undefined) {
    accounts.push({
      ...range,
      kind: 'person',
      login: person.number,
      name: person.name,
      role: 'insured-person',
      personId: person.id,
    });
  }
  return accounts;
}
