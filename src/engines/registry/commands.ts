import { z } from 'zod';
import { citizenNumber } from '../../kernel/identity.ts';
import {
  type Context,
  defineCommand,
  defineQuery,
  MindunError,
  visible,
} from '../../kernel/index.ts';
import { moveLogin } from '../access/index.ts';
import { areaByCode } from '../jurisdiction/index.ts';
import { lawOf, question } from '../policy/index.ts';
import { employerBy, employerCode, insertEmployers } from './employers.ts';
import { initials } from './initials.ts';
import { personBy } from './persons.ts';

/**
 * Registers an employer in an area of the city.
 * @throws MindunError unknown-area, employer-exists, format-wrong, class-not-in-table, parameter-unset
 */
export const registerEmployer = defineCommand({
  name: 'registry.employer.register',
  title: { zh: '单位参保登记', en: 'Register an employer' },
  input: z.object({
    code: z.string().min(1).max(30),
    name: z.string().overwrite(visible).trim().min(1).max(120),
    area: z.string().regex(/^\d{4,12}$/),
    injuryClass: z.coerce.number().int().min(1).max(8),
    category: z.enum(['enterprise', 'public', 'flexible']).default('enterprise'),
  }),
  async run(context, input) {
    const { code } = employerCode(input.code);
    const area = await areaByCode(context.tx, input.area, context.today);
    assertReach(context, area.key);
    if (input.injuryClass > injuryClasses(context))
      throw new MindunError('class-not-in-table', { value: String(input.injuryClass) });
    const taken = await context.elevate(() =>
      context.tx.maybe('select 1 from employer_code where code = $1 and upper_inf(known)', [code]),
    );
    if (taken !== undefined) throw new MindunError('employer-exists', { code });
    const category = { enterprise: 1, public: 2, flexible: 3 }[input.category];
    const employer = await context.elevate(async () => {
      await insertEmployers(
        context.tx,
        [
          {
            code,
            name: input.name,
            area: area.key,
            injuryClass: input.injuryClass,
            category,
            from: context.today,
          },
        ],
        context.act,
      );
      return employerBy(context.tx, code);
    });
    context.subject({ employer: employer.publicId });
    return { employer: employer.publicId, code, name: employer.name, area: area.code };
  },
});

/** How many classes of work-injury risk the law of the day has. @throws MindunError parameter-unset */
export function injuryClasses({ city, today }: Pick<Context, 'city' | 'today'>): number {
  const rates = lawOf(city).version('contribution.injury.classRates', question(city, today));
  return rates.table?.length ?? 0;
}

/**
 * Refuses an area outside the actor's range, for what is new and cannot be filtered yet.
 * @throws MindunError not-permitted
 */
function assertReach(context: Context, area: number): void {
  const { reach } = context.caller.actor;
  if (reach.role === 'system') return;
  if (
    reach.areaLo === undefined ||
    reach.areaHi === undefined ||
    area < reach.areaLo ||
    area > reach.areaHi
  ) {
    throw new MindunError('not-permitted', { what: String(area) });
  }
}

/**
 * Merges two files of one person: the merged file's past is read through the kept one from now on.
 * @throws MindunError unknown-person, same-person
 */
export const mergePersons = defineCommand({
  name: 'registry.person.merge',
  title: { zh: '合并一人的两份档案', en: 'Merge two files of one person' },
  input: z.object({
    keep: z.string(),
    merge: z.string(),
    reason: z.string().trim().min(1).max(500),
  }),
  async run(context, input) {
    const keep = await personBy(context.tx, input.keep);
    const merge = await personBy(context.tx, input.merge);
    context.subject({ person: keep.publicId, merged: merge.publicId });
    if (keep.id === merge.id) throw new MindunError('same-person');
    await context.elevate(async () => {
      await context.tx.execute(
        'insert into person_merge (merged, kept, area, reason, act) values ($1, $2, $3, $4, $5)',
        [merge.id, keep.id, keep.area, input.reason, context.act],
      );
      await context.tx.execute(
        'update person_fact set known = int8range(lower(known), $2) where person_id = $1 and upper_inf(known)',
        [merge.id, context.act],
      );
      await moveLogin(context.tx, merge.number, keep.number);
    });
    return { person: keep.publicId };
  },
});

/** Corrects a citizen number: the old fact's known range is closed, the new one added. */
export const correctNumber = defineCommand({
  name: 'registry.person.correct-number',
  title: { zh: '更正公民身份号码', en: 'Correct a citizen number' },
  input: z.object({
    person: z.string(),
    number: z.string(),
    reason: z.string().trim().min(1).max(500),
  }),
  async run(context, input) {
    const person = await personBy(context.tx, input.person);
    context.subject({ person: person.publicId });
    const read = citizenNumber(input.number, context.today);
    await context.elevate(async () => {
      const taken = await context.tx.maybe(
        `select 1 from person_fact where number = $1 and person_id <> $2 and upper_inf(known) and upper_inf(valid)`,
        [read.number, person.id],
      );
      if (taken !== undefined) throw new MindunError('number-taken');
      const { name, residence } = await context.tx.one<{ name: string; residence: string }>(
        'select name, residence from person_fact where person_id = $1 and upper_inf(known) and upper_inf(valid)',
        [person.id],
      );
      await context.tx.execute(
        'update person_fact set known = int8range(lower(known), $2) where person_id = $1 and upper_inf(known)',
        [person.id, context.act],
      );
      await context.tx.execute(
        `insert into person_fact (person_id, area, name, initials, number, birth, sex, residence, valid, known)
         values ($1, $2, $3, $4, $5, $6, $7, $8, daterange($6::date, null), int8range($9, null))`,
        [
          person.id,
          person.area,
          name,
          initials(name),
          read.number,
          read.birthDate,
          read.sex,
          residence,
          context.act,
        ],
      );
      await moveLogin(context.tx, person.number, read.number);
    });
    return { person: person.publicId };
  },
});

/** The city's counties, for forms and tables. */
export const areasQuery = defineQuery({
  name: 'registry.areas',
  title: { zh: '区划', en: 'Areas' },
  input: z.object({}),
  open: true,
  async run(context) {
    const rows = await context.tx.rows<{ key: number; name: string; code: string }>(
      `select a.key, n.name, n.code from area a join area_name n on n.area = a.key and n.valid @> $1::date
       where a.tier = 'county' and a.valid @> $1::date order by a.key`,
      [context.today],
    );
    return { rows };
  },
});
