import { z } from 'zod';
import { giveProxy, type ProxyScope, proxyScopes } from '../../engines/access/index.ts';
import { personBy, personIds } from '../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  defineErrors,
  defineQuery,
  MindunError,
  type PlainDate,
  plainDate,
  type Text,
} from '../../kernel/index.ts';

defineErrors({
  'proxy-agent-unknown': {
    message: {
      zh: '没有姓名和号码都对得上的参保人',
      en: 'There is no insured person with this name and number',
    },
    mend: {
      zh: '请核对被委托人的姓名和公民身份号码。',
      en: 'Check the name and the citizen number.',
    },
    status: 404,
  },
  'proxy-self': {
    message: { zh: '不用委托给自己', en: 'You need no proxy for yourself' },
    mend: { zh: '请写家人的姓名和号码。', en: 'Give a relative’s name and number.' },
    status: 400,
  },
  'proxy-days': {
    message: {
      zh: '委托要在今天以后、{years} 年以内结束',
      en: 'A proxy ends after today and within {years} years',
    },
    mend: {
      zh: '请写一个这之内的日期；到期可以再委托。',
      en: 'Give a day within that; it can be given again.',
    },
    status: 400,
  },
});

const person = z.string().trim().min(1).max(60);
const scopes = Object.keys(proxyScopes) as [ProxyScope, ...ProxyScope[]];
const yearsMost = 3;

/**
 * Lets a relative act for oneself from today until a day, in the parts that are named. He is named by number and name; only that both fit is told.
 * 民法典 art. 161, 165 (in force 2021): a proxy names the agent, the matters, the powers and the period.
 * @throws MindunError unknown-person, proxy-agent-unknown, proxy-self, proxy-days, proxy-exists
 */
export const giveProxyCommand = defineCommand({
  name: 'access.proxy.give',
  stepUp: true,
  title: { zh: '委托家人代办', en: 'Let somebody act for oneself' },
  input: z.object({
    person,
    agentNumber: z.string().trim().min(15).max(18),
    agentName: z.string().trim().min(1).max(60),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    until: z.iso.date(),
  }),
  async run(context, input): Promise<{ proxy: string }> {
    const own = await personBy(context.tx, input.person);
    const until = plainDate(input.until);
    const last = `${Number(context.today.slice(0, 4)) + yearsMost}${context.today.slice(4)}`;
    if (until <= context.today || until > last)
      throw new MindunError('proxy-days', { years: yearsMost });
    return context.elevate(async () => {
      const agent = await agentOf(context, input.agentNumber, input.agentName);
      if (agent === own.id) throw new MindunError('proxy-self');
      const given = { principal: own.id, agent, scopes: [...new Set(input.scopes)], until };
      const proxy = await giveProxy(
        context.tx,
        { ...given, from: context.today },
        context.at,
        context.act,
      );
      context.subject({ proxy, person: own.publicId });
      return { proxy };
    });
  },
});

async function agentOf(context: Context, number: string, name: string): Promise<number> {
  try {
    const agent = await personBy(context.tx, number);
    if (agent.name === name) return agent.id;
  } catch (error) {
    if (!(error instanceof MindunError) || error.code !== 'unknown-person') throw error;
  }
  throw new MindunError('proxy-agent-unknown');
}

/** Ends a proxy at once: who gave it, or who has it. @throws MindunError unknown-person, unknown-proxy */
export const endProxy = defineCommand({
  name: 'access.proxy.end',
  title: { zh: '结束委托', en: 'End a proxy' },
  permission: 'access.proxy.give',
  input: z.object({ person, proxy: z.string().min(1).max(60) }),
  async run(context, input): Promise<{ proxy: string }> {
    const own = await personBy(context.tx, input.person);
    context.subject({ proxy: input.proxy });
    return context.elevate(async () => {
      const ids = await personIds(context.tx, own.id);
      const ended = await context.tx.execute(
        `insert into proxy_end (proxy, at, act)
         select x.id, $3, $4 from proxy x where x.public_id = $1 and (x.principal_id = any ($2) or x.agent_id = any ($2))
         on conflict (proxy) do nothing`,
        [input.proxy, ids, context.at, context.act],
      );
      if (ended === 0) throw new MindunError('unknown-proxy');
      return { proxy: input.proxy };
    });
  },
});

/** A proxy as who gave it and who has it see it. */
export interface ProxyView {
  readonly proxy: string;
  readonly given: boolean;
  /** Public id and name of the other one: of who gave it the whole name, of who has it, too. */
  readonly other: string;
  readonly name: string;
  readonly scopes: readonly { readonly scope: ProxyScope; readonly title: Text }[];
  readonly from: PlainDate;
  readonly until: PlainDate;
  readonly state: 'running' | 'ended';
}

/** Proxies that one gave or has, the newest first. @throws MindunError unknown-person */
export const proxies = defineQuery({
  name: 'access.proxies',
  title: { zh: '委托', en: 'Proxies' },
  permission: 'access.proxy.give',
  personal: true,
  input: z.object({ person }),
  async run(context, input): Promise<{ rows: readonly ProxyView[] }> {
    const own = await personBy(context.tx, input.person);
    context.looked({ personId: own.id });
    return context.elevate(async () => {
      const ids = await personIds(context.tx, own.id);
      const rows = await context.tx.rows<Omit<ProxyView, 'scopes'> & { scopes: ProxyScope[] }>(
        `select x.public_id as proxy, x.principal_id = any ($1) as given, p.public_id as other, f.name, x.scopes,
           lower(x.valid) as from, upper(x.valid) - 1 as until,
           case when e.proxy is null and x.valid @> $2::date then 'running' else 'ended' end as state
         from proxy x left join proxy_end e on e.proxy = x.id
         join person p on p.id = person_kept(case when x.principal_id = any ($1) then x.agent_id else x.principal_id end)
         join person_fact f on f.person_id = p.id and upper_inf(f.known) and upper_inf(f.valid)
         where x.principal_id = any ($1) or x.agent_id = any ($1) order by x.id desc limit 100`,
        [ids, context.today],
      );
      return {
        rows: rows.map((r) => ({
          ...r,
          scopes: r.scopes.map((scope) => ({ scope, title: proxyScopes[scope].title })),
        })),
      };
    });
  },
});
