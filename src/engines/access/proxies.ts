import type { Tx } from '../../kernel/database/index.ts';
import {
  defineErrors,
  MindunError,
  type Moment,
  type PlainDate,
  publicId,
  type Text,
} from '../../kernel/index.ts';

defineErrors({
  'unknown-proxy': {
    message: { zh: '没有这份委托，或者它已经结束', en: 'There is no such proxy, or it has ended' },
    mend: {
      zh: '请委托人在“委托家人代办”里看一下期限。',
      en: 'Let whoever gave it look at its days under “Who acts for me”.',
    },
    status: 403,
  },
  'proxy-beyond-scope': {
    message: { zh: '委托里没有这一项：{what}', en: 'The proxy does not cover this: {what}' },
    mend: {
      zh: '请委托人加上这一项，或者由本人来办。',
      en: 'Whoever gave it adds this, or does it in person.',
    },
    status: 403,
  },
  'proxy-exists': {
    message: { zh: '已经委托给这个人了', en: 'This person acts for you already' },
    mend: {
      zh: '要改范围或期限，请先结束原来的委托。',
      en: 'End the present proxy first to change its scope or days.',
    },
    status: 409,
  },
});

/** What may be done for somebody else: each part is a list of rights. Money's way (the payout account) is in none of them. */
export const proxyScopes = {
  record: {
    title: { zh: '看参保记录', en: 'See the record' },
    permissions: ['insurance.record', 'insurance.explain-person', 'registry.payout-account'],
  },
  certificates: {
    title: { zh: '开参保证明', en: 'Issue certificates' },
    permissions: ['insurance.certificate.issue', 'insurance.certificates', 'insurance.certificate'],
  },
  looks: {
    title: { zh: '看谁看过档案、提异议', en: 'See who looked, and object' },
    permissions: ['access.looks', 'access.objections', 'access.objection.make'],
  },
} as const satisfies Readonly<
  Record<string, { readonly title: Text; readonly permissions: readonly string[] }>
>;
export type ProxyScope = keyof typeof proxyScopes;

const todaySql =
  "coalesce((select clock::date from city), (now() at time zone 'Asia/Shanghai')::date)";

/**
 * Whose files an account may see as somebody's proxy today, for one right. Runs with the system's eyes.
 * @param principal public id of whom he acts for
 * @throws MindunError unknown-proxy, proxy-beyond-scope
 */
export async function proxyFor(
  tx: Tx,
  account: number,
  principal: string,
  asked: { readonly permission: string; readonly title: Text },
): Promise<readonly number[]> {
  const found = await tx.maybe<{ scopes: ProxyScope[]; files: number[] }>(
    `select x.scopes, person_files(person_kept(x.principal_id)) as files
     from account a join proxy x on x.agent_id = any (person_files(person_kept(a.person_id)))
       join person p on p.id = person_kept(x.principal_id)
     where a.id = $1 and a.kind = 'person' and p.public_id = $2 and x.valid @> ${todaySql}
       and not exists (select from proxy_end e where e.proxy = x.id) order by x.id desc limit 1`,
    [account, principal],
  );
  if (found === undefined) throw new MindunError('unknown-proxy');
  const rights = found.scopes.flatMap((s): readonly string[] => proxyScopes[s].permissions);
  if (!rights.includes(asked.permission))
    throw new MindunError('proxy-beyond-scope', { what: asked.title });
  return found.files;
}

/** Lets one person act for another; its public id. Runs with the system's eyes. @throws MindunError proxy-exists */
export async function giveProxy(
  tx: Tx,
  proxy: {
    readonly principal: number;
    readonly agent: number;
    readonly scopes: readonly ProxyScope[];
    readonly from: PlainDate;
    readonly until: PlainDate;
  },
  at: Moment,
  act: number,
): Promise<string> {
  const there = await tx.maybe(
    `select 1 from proxy x where x.principal_id = $1 and x.agent_id = $2 and x.valid && daterange($3, $4, '[]')
       and not exists (select from proxy_end e where e.proxy = x.id)`,
    [proxy.principal, proxy.agent, proxy.from, proxy.until],
  );
  if (there !== undefined) throw new MindunError('proxy-exists');
  const id = publicId();
  await tx.execute(
    `insert into proxy (public_id, principal_id, agent_id, scopes, valid, at, act)
     values ($1, $2, $3, $4, daterange($5, $6, '[]'), $7, $8)`,
    [id, proxy.principal, proxy.agent, proxy.scopes, proxy.from, proxy.until, at, act],
  );
  return id;
}
