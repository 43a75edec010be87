import { z } from 'zod';
import { personBy, personIds } from '../../engines/registry/index.ts';
import {
  addDays,
  type Context,
  defineCommand,
  defineErrors,
  defineQuery,
  MindunError,
  type PlainDate,
  publicId,
  registered,
  type Text,
} from '../../kernel/index.ts';
import { disclosurePolicy } from './disclosure.ts';

defineErrors({
  'unknown-look': {
    message: { zh: '没有这一条查看记录', en: 'There is no such entry of a look' },
    mend: {
      zh: '请回到“谁看过我的档案”，从那一条上提出。',
      en: 'Go back to who looked at your file and object from the entry.',
    },
    status: 404,
  },
  'look-own': {
    message: {
      zh: '这一条是您本人或者您的单位查看的',
      en: 'This entry is your own look, or your employer’s',
    },
    mend: {
      zh: '单位看名册有疑问，请直接问单位，或者到窗口反映。',
      en: 'Ask your employer about its roster, or tell an insurance window.',
    },
    status: 400,
  },
  'unknown-objection': {
    message: { zh: '没有这一件异议：{objection}', en: 'There is no such objection: {objection}' },
    mend: { zh: '请看待答复的异议。', en: 'See the objections that wait for an answer.' },
    status: 404,
  },
  'objection-own-look': {
    message: {
      zh: '这一条就是您查看的，要由别人答复',
      en: 'The look was yours: somebody else answers',
    },
    mend: { zh: '请交给另一位负责的同事。', en: 'Hand it to another colleague in charge.' },
    status: 409,
  },
});

export interface ObjectionAnswer {
  readonly objection: string;
  /** The day by which it is answered. */
  readonly due: PlainDate;
}

/**
 * Objects to a look at one's file: it has an owner from now on, who looks after personal data where the look came from, and a day. Objected to
 * again it is the same objection.
 * @throws MindunError unknown-person, unknown-look, look-own
 */
export const objectToLook = defineCommand({
  name: 'access.objection.make',
  title: { zh: '对一次查看提出异议', en: 'Object to a look' },
  input: z.object({
    person: z.string().min(1).max(60),
    look: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
    text: z.string().trim().max(500).default(''),
  }),
  async run(context, input): Promise<ObjectionAnswer> {
    // With the actor's own eyes: only one's own file is there.
    const person = await personBy(context.tx, input.person);
    return context.elevate(() => kept(context, person, input));
  },
});

async function kept(
  context: Context,
  person: { readonly id: number; readonly area: number },
  input: { readonly look: number; readonly text: string },
): Promise<ObjectionAnswer> {
  const { tx, act, at, today } = context;
  const ids = await personIds(tx, person.id);
  const look = await tx.maybe<{ kind: string; area: number | null }>(
    `select a.kind, l.area from look l join account a on a.id = l.account_id left join matter m on m.id = l.matter
     where l.id = $2 and (l.person_id = any ($1) or l.persons && $1)
       and not coalesce(m.kind = 'investigation' and not exists (select from matter_end e where e.matter = m.id), false)`,
    [ids, input.look],
  );
  if (look === undefined) throw new MindunError('unknown-look');
  if (look.kind === 'person' || look.kind === 'employer') throw new MindunError('look-own');
  const id = publicId();
  const due = addDays(today, disclosurePolicy().answerDays.value);
  await tx.execute(
    `insert into objection (public_id, look, person_id, area, text, at, due, act) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (look, person_id) do nothing`,
    // The operator's looks have no area: who looks after the person's own area answers for them.
    [id, input.look, person.id, look.area ?? person.area, input.text, at, due, act],
  );
  const stands = await tx.one<{ objection: string; due: PlainDate }>(
    'select public_id as objection, due from objection where look = $1 and person_id = any ($2)',
    [input.look, ids],
  );
  context.subject({ objection: stands.objection });
  return stands;
}

/** An objection as its owner, or who made it, sees it. */
export interface ObjectionView {
  readonly objection: string;
  readonly at: string;
  readonly due: PlainDate;
  readonly text: string;
  readonly look: {
    readonly at: string;
    readonly what: Text;
    readonly purpose: string;
    readonly office: string | null;
  };
  /** Who looked: told to the owner alone. */
  readonly lookedBy: string | null;
  readonly answer: { readonly at: string; readonly outcome: Outcome; readonly text: string } | null;
}

const outcomes = ['justified', 'not-justified'] as const;
export type Outcome = (typeof outcomes)[number];

interface Row extends Omit<ObjectionView, 'look' | 'answer'> {
  readonly lookAt: string;
  readonly query: string;
  readonly purpose: string;
  readonly office: string | null;
  readonly answeredAt: string | null;
  readonly outcome: Outcome | null;
  readonly answered: string | null;
}

const select = `select o.public_id as objection, to_char(o.at, 'YYYY-MM-DD"T"HH24:MI') as at, o.due, o.text,
    to_char(l.at, 'YYYY-MM-DD"T"HH24:MI') as "lookAt", l.query, l.purpose, a.name as "lookedBy",
    (select n.name from area_name n where n.area = l.area order by n.valid desc limit 1) as office,
    to_char(r.at, 'YYYY-MM-DD"T"HH24:MI') as "answeredAt", r.outcome, r.text as answered
  from objection o join look l on l.id = o.look join account a on a.id = l.account_id left join objection_answer r on r.objection = o.id`;

function viewOf(row: Row, lookedBy: string | null): ObjectionView {
  const { lookAt, query, purpose, office, answeredAt, outcome, answered, ...rest } = row;
  return {
    ...rest,
    lookedBy,
    look: {
      at: lookAt,
      what: registered().get(query)?.title ?? { zh: query, en: query },
      purpose,
      office,
    },
    answer:
      answeredAt === null || outcome === null
        ? null
        : { at: answeredAt, outcome, text: answered ?? '' },
  };
}

/** One's own objections with their answers, the newest first. @throws MindunError unknown-person */
export const ownObjections = defineQuery({
  name: 'access.objections',
  title: { zh: '我提出的异议', en: 'My objections' },
  personal: true,
  input: z.object({ person: z.string().min(1).max(60) }),
  async run(context, input): Promise<{ rows: readonly ObjectionView[] }> {
    const person = await personBy(context.tx, input.person);
    context.looked({ personId: person.id });
    return context.elevate(async () => {
      const ids = await personIds(context.tx, person.id);
      const rows = await context.tx.rows<Row>(
        `${select} where o.person_id = any ($1) order by o.id desc limit 100`,
        [ids],
      );
      return { rows: rows.map((row) => viewOf(row, null)) };
    });
  },
});

/** Objections to looks from within one's reach, those without an answer first and the earliest due before. Who objected is not told. */
export const objectionsToAnswer = defineQuery({
  name: 'access.objections.to-answer',
  title: { zh: '待答复的异议', en: 'Objections to answer' },
  input: z.object({}),
  async run(context): Promise<{ rows: readonly ObjectionView[] }> {
    const { areaLo, areaHi } = context.caller.actor.reach;
    return context.elevate(async () => {
      const rows = await context.tx.rows<Row>(
        `${select} where o.area >= $1 and o.area <= $2 order by r.objection is not null, o.due, o.id limit 200`,
        [areaLo ?? null, areaHi ?? null],
      );
      return { rows: rows.map((row) => viewOf(row, row.lookedBy)) };
    });
  },
});

/**
 * Answers an objection to a look from within one's reach; the person reads it. Nobody answers for his own look.
 * @throws MindunError unknown-objection, objection-own-look
 */
export const answerObjection = defineCommand({
  name: 'access.objection.answer',
  title: { zh: '答复异议', en: 'Answer an objection' },
  input: z.object({
    objection: z.string().min(1).max(60),
    outcome: z.enum(outcomes),
    text: z.string().trim().min(2).max(1000),
  }),
  async run(context, input): Promise<{ objection: string }> {
    const { areaLo, areaHi } = context.caller.actor.reach;
    context.subject({ objection: input.objection });
    return context.elevate(async () => {
      const found = await context.tx.maybe<{ id: number; account: number }>(
        `select o.id, l.account_id as account from objection o join look l on l.id = o.look
         where o.public_id = $1 and o.area >= $2 and o.area <= $3
           and not exists (select from objection_answer r where r.objection = o.id)`,
        [input.objection, areaLo ?? null, areaHi ?? null],
      );
      if (found === undefined)
        throw new MindunError('unknown-objection', { objection: input.objection });
      if (found.account === context.caller.actor.accountId)
        throw new MindunError('objection-own-look');
      await context.tx.execute(
        'insert into objection_answer (objection, outcome, text, at, act) values ($1, $2, $3, $4, $5)',
        [found.id, input.outcome, input.text, context.at, context.act],
      );
      return { objection: input.objection };
    });
  },
});
