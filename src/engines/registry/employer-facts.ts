import { z } from 'zod';
import {
  addDays,
  type Context,
  defineCommand,
  defineErrors,
  defineQuery,
  MindunError,
  type PlainDate,
  plainDate,
} from '../../kernel/index.ts';
import { type EmployerRow, employerBy, employerCode } from './employers.ts';
import { personBy } from './persons.ts';

defineErrors({
  'code-not-here': {
    message: { zh: '单位没有这个代码：{code}', en: 'The employer does not have this code: {code}' },
    mend: { zh: '请核对代码。', en: 'Check the code.' },
    status: 404,
  },
  'code-needed': {
    message: { zh: '单位至少要有一个有效代码', en: 'An employer needs a code that is in force' },
    mend: {
      zh: '请先加上新代码，再终止旧的。',
      en: 'Add the new code first, then end the old one.',
    },
    status: 409,
  },
  'link-circular': {
    message: { zh: '总机构不能又是它的分支', en: 'A head office cannot be a branch of its branch' },
    mend: { zh: '请核对哪一个是总机构。', en: 'Check which one is the head office.' },
    status: 409,
  },
});

const common = {
  employer: z.string().min(1),
  reason: z.string().trim().min(1).max(500),
};
const day = z.string().optional();

/**
 * Gives a registered employer a further code from a day on (today without one), as when a unified social credit code follows the
 * organisation code. One of each kind is in force at a time.
 * @throws MindunError unknown-employer, employer-exists (another one has it), fact-overlaps (it has one of this kind then), format-wrong
 */
export const addCode = defineCommand({
  name: 'registry.employer.add-code',
  title: { zh: '登记单位代码', en: 'Add an employer’s code' },
  input: z.object({ ...common, code: z.string().min(1).max(30), from: day }),
  async run(context, input): Promise<EmployerFacts> {
    const employer = await employerBy(context.tx, input.employer);
    const { kind, code } = employerCode(input.code);
    const from = input.from === undefined ? context.today : plainDate(input.from);
    context.subject({ employer: employer.publicId });
    return context.elevate(async () => {
      const taken = await context.tx.maybe(
        'select 1 from employer_code where code = $1 and employer_id <> $2 and upper_inf(known)',
        [code, employer.id],
      );
      if (taken !== undefined) throw new MindunError('employer-exists', { code });
      await context.tx.execute(
        `insert into employer_code (employer_id, area, kind, code, valid, known)
         values ($1, $2, $3, $4, daterange($5::date, null), int8range($6, null))`,
        [employer.id, employer.area, kind, code, from, context.act],
      );
      return factsOf(context, employer);
    });
  },
});

const codeLock = 0x636f;

/**
 * Ends an employer's code with a day, today or before. The employer is still found by it.
 * @throws MindunError unknown-employer, code-not-here, code-needed (it has no other one), input-invalid (a day ahead, or before its first)
 */
export const endCode = defineCommand({
  name: 'registry.employer.end-code',
  title: { zh: '终止单位代码', en: 'End an employer’s code' },
  input: z.object({ ...common, code: z.string().min(1).max(30), last: day }),
  async run(context, input): Promise<EmployerFacts> {
    const employer = await employerBy(context.tx, input.employer);
    const { code } = employerCode(input.code);
    context.subject({ employer: employer.publicId });
    return context.elevate(async () => {
      // Of two codes ended at once the second waits, and is the last one.
      await context.tx.rows('select pg_advisory_xact_lock($1, $2)', [
        codeLock,
        employer.id % 2_147_483_647,
      ]);
      const open = await context.tx.rows<{ id: number; code: string; from: PlainDate }>(
        `select id, code, lower(valid)::text as "from" from employer_code
         where employer_id = $1 and upper_inf(valid) and upper_inf(known)`,
        [employer.id],
      );
      const found = open.find((c) => c.code === code);
      if (found === undefined) throw new MindunError('code-not-here', { code });
      if (open.length === 1) throw new MindunError('code-needed');
      await endFact(context, 'employer_code', found, input.last);
      return factsOf(context, employer);
    });
  },
});

/**
 * Links an employer to its head office or to the person who represents it, from a day on (today without one).
 * @throws MindunError unknown-employer, unknown-person, fact-overlaps (there is one of this kind then), link-circular, input-invalid
 */
export const addLink = defineCommand({
  name: 'registry.link.add',
  title: { zh: '登记单位关系', en: 'Link an employer' },
  input: z.discriminatedUnion('kind', [
    z.object({ ...common, kind: z.literal('branch-of'), of: z.string().min(1), from: day }),
    z.object({ ...common, kind: z.literal('represented-by'), by: z.string().min(1), from: day }),
  ]),
  async run(context, input): Promise<EmployerFacts> {
    const employer = await employerBy(context.tx, input.employer);
    const from = input.from === undefined ? context.today : plainDate(input.from);
    context.subject({ employer: employer.publicId });
    // The head office may lie in another county; a person is found with the actor's own eyes.
    const head =
      input.kind === 'branch-of'
        ? await context.elevate(() => employerBy(context.tx, input.of))
        : null;
    const person = input.kind === 'represented-by' ? await personBy(context.tx, input.by) : null;
    if (head !== null) context.subject({ head: head.publicId });
    if (person !== null) context.subject({ person: person.publicId });
    if (head?.id === employer.id) throw new MindunError('link-circular');
    return context.elevate(async () => {
      if (head !== null) await assertNoCircle(context, employer.id, head.id);
      await context.tx.execute(
        `insert into link (kind, employer_id, other_employer_id, person_id, area, valid, known)
         values ($1, $2, $3, $4, $5, daterange($6::date, null), int8range($7, null))`,
        [
          input.kind,
          employer.id,
          head?.id ?? null,
          person?.id ?? null,
          employer.area,
          from,
          context.act,
        ],
      );
      return factsOf(context, employer);
    });
  },
});

/** Ends an employer's link of a kind with a day, today or before. @throws MindunError unknown-employer, not-found, input-invalid */
export const endLink = defineCommand({
  name: 'registry.link.end',
  title: { zh: '终止单位关系', en: 'End an employer’s link' },
  input: z.object({ ...common, kind: z.enum(['branch-of', 'represented-by']), last: day }),
  async run(context, input): Promise<EmployerFacts> {
    const employer = await employerBy(context.tx, input.employer);
    context.subject({ employer: employer.publicId });
    return context.elevate(async () => {
      const found = await context.tx.one<{ id: number; from: PlainDate }>(
        `select id, lower(valid)::text as "from" from link
         where employer_id = $1 and kind = $2 and upper_inf(valid) and upper_inf(known)`,
        [employer.id, input.kind],
        input.kind,
      );
      await endFact(context, 'link', found, input.last);
      return factsOf(context, employer);
    });
  },
});

/** An employer's codes and links with their validity, the newest first. */
export interface EmployerFacts {
  readonly employer: string;
  readonly codes: readonly {
    readonly kind: 'organisation' | 'unified';
    readonly code: string;
    readonly from: PlainDate;
    readonly to: PlainDate | null;
  }[];
  readonly links: readonly {
    readonly kind: 'branch-of' | 'represented-by';
    /** Public id and name of the head office or of the person. */
    readonly other: string;
    readonly name: string;
    readonly from: PlainDate;
    readonly to: PlainDate | null;
  }[];
}

/** @throws MindunError unknown-employer */
export const employerFacts = defineQuery({
  name: 'registry.employer.facts',
  title: { zh: '单位代码与关系', en: 'An employer’s codes and links' },
  input: z.object({ employer: z.string().min(1) }),
  async run(context, input): Promise<EmployerFacts> {
    const employer = await employerBy(context.tx, input.employer);
    context.looked({ employerId: employer.id });
    return context.elevate(() => factsOf(context, employer));
  },
});

async function factsOf({ tx }: Pick<Context, 'tx'>, employer: EmployerRow): Promise<EmployerFacts> {
  const codes = await tx.rows<EmployerFacts['codes'][number]>(
    `select kind, code, lower(valid)::text as "from", (upper(valid) - 1)::text as "to" from employer_code
     where employer_id = $1 and upper_inf(known) order by lower(valid) desc, id desc`,
    [employer.id],
  );
  const links = await tx.rows<EmployerFacts['links'][number]>(
    `select l.kind, coalesce(e.public_id, p.public_id) as other, coalesce(ef.name, pf.name) as name,
       lower(l.valid)::text as "from", (upper(l.valid) - 1)::text as "to"
     from link l
     left join employer e on e.id = l.other_employer_id
     left join employer_fact ef on ef.employer_id = e.id and upper_inf(ef.known) and upper_inf(ef.valid)
     left join person p on p.id = person_kept(l.person_id)
     left join person_fact pf on pf.person_id = p.id and upper_inf(pf.known) and upper_inf(pf.valid)
     where l.employer_id = $1 and upper_inf(l.known) order by lower(l.valid) desc, l.id desc`,
    [employer.id],
  );
  return { employer: employer.publicId, codes, links };
}

/** Closes what is known of a fact without an end and writes it anew with one. @throws MindunError input-invalid */
async function endFact(
  context: Context,
  table: 'employer_code' | 'link',
  fact: { readonly id: number; readonly from: PlainDate },
  last: string | undefined,
): Promise<void> {
  const on = last === undefined ? context.today : plainDate(last);
  if (on > context.today || on < fact.from)
    throw new MindunError('input-invalid', { what: 'last' });
  const columns = {
    employer_code: 'employer_id, area, kind, code',
    link: 'kind, employer_id, other_employer_id, person_id, area',
  }[table];
  await context.tx.execute(
    `update ${table} set known = int8range(lower(known), $2) where id = $1`,
    [fact.id, context.act],
  );
  await context.tx.execute(
    `insert into ${table} (${columns}, valid, known)
     select ${columns}, daterange(lower(valid), $2::date), int8range($3, null) from ${table} where id = $1`,
    [fact.id, addDays(on, 1), context.act],
  );
}

async function assertNoCircle(context: Context, branch: number, head: number): Promise<void> {
  const above = await context.tx.maybe(
    `with recursive up (id) as (
       select $2::bigint union select l.other_employer_id from link l join up on l.employer_id = up.id
         where l.kind = 'branch-of' and upper_inf(l.known) and upper_inf(l.valid))
     select 1 from up where id = $1`,
    [branch, head],
  );
  if (above !== undefined) throw new MindunError('link-circular');
}
