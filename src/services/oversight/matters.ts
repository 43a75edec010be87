import { z } from 'zod';
import {
  addSubjects,
  endMatter,
  type MatterKind,
  matterOf,
  openMatter,
} from '../../engines/access/index.ts';
import { personBy } from '../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  defineErrors,
  defineQuery,
  MindunError,
  type Moment,
} from '../../kernel/index.ts';

defineErrors({
  'emergency-number-whole': {
    message: {
      zh: '紧急查看要写全公民身份号码',
      en: 'Emergency access needs the whole citizen number',
    },
    mend: {
      zh: '不能用姓名去翻别的辖区的人。请向来人核对号码。',
      en: 'Nobody searches other areas by name. Check the number with whoever asks.',
    },
    status: 400,
  },
});

const reason = z.string().trim().min(2).max(300);
const person = z.string().trim().min(1).max(60);

export interface MatterAnswer {
  readonly matter: string;
}

async function opened(
  context: Context,
  kind: MatterKind,
  input: { readonly reason: string; readonly hours?: number },
  persons: readonly { readonly id: number; readonly area: number; readonly publicId: string }[],
): Promise<MatterAnswer> {
  const { actor } = context.caller;
  const matter = await context.elevate(() =>
    openMatter(
      context.tx,
      {
        kind,
        reason: input.reason,
        account: actor.accountId,
        area: actor.reach.areaLo ?? persons[0]!.area,
        persons: persons.map((p) => p.id),
        ...(input.hours === undefined ? {} : { hours: input.hours }),
      },
      context.at,
      context.act,
    ),
  );
  context.subject({ matter });
  return { matter };
}

/**
 * Opens a matter that one works on: it is the purpose of looks at the persons whom it concerns, all of one's own area, and of no others.
 * @throws MindunError unknown-person, conflict-of-interest
 */
export const openMatterCommand = defineCommand({
  name: 'access.matter.open',
  title: { zh: '登记在办事项', en: 'Open a matter' },
  input: z.object({ reason, persons: z.array(person).min(1).max(50) }),
  run: (context, input) => openedFor(context, 'matter', input),
});

/**
 * Opens an investigation: whom it concerns is told of its looks when it is closed, and until then how many there are.
 * 个人信息保护法 (2021) art. 18, 35: a notice that would hinder the duty is given afterwards.
 * @throws MindunError unknown-person, conflict-of-interest
 */
export const openInvestigation = defineCommand({
  name: 'access.matter.investigate',
  title: { zh: '登记调查事项', en: 'Open an investigation' },
  input: z.object({ reason, persons: z.array(person).min(1).max(50) }),
  run: (context, input) => openedFor(context, 'investigation', input),
});

async function openedFor(
  context: Context,
  kind: 'matter' | 'investigation',
  input: { readonly reason: string; readonly persons: readonly string[] },
): Promise<MatterAnswer> {
  const found = [];
  // With the actor's own eyes, one after another: the first that is not to be found is named.
  for (const key of input.persons) {
    const one = await personBy(context.tx, key);
    context.subject({ person: one.publicId });
    found.push(one);
  }
  return opened(context, kind, input, found);
}

const hoursMost = 4;

/**
 * Lets one see one person's file beyond one's own area for some hours, because it cannot wait. The person is told at once: who, when and why.
 * @throws MindunError unknown-person, emergency-number-whole, conflict-of-interest
 */
export const openEmergency = defineCommand({
  name: 'access.matter.emergency',
  title: { zh: '紧急查看', en: 'Emergency access' },
  input: z.object({
    person,
    reason,
    hours: z.number().int().min(1).max(hoursMost).default(1),
  }),
  async run(context, input): Promise<MatterAnswer> {
    if (!/^\d{15}$|^\d{17}[\dx]$/i.test(input.person))
      throw new MindunError('emergency-number-whole');
    const one = await context.elevate(() => personBy(context.tx, input.person));
    context.subject({ person: one.publicId });
    return opened(context, 'emergency', input, [one]);
  },
});

/** Says that a matter concerns a further person of one's own area. @throws MindunError unknown-matter, unknown-person, conflict-of-interest */
export const addToMatter = defineCommand({
  name: 'access.matter.add-person',
  title: { zh: '事项加人', en: 'Add a person to a matter' },
  permission: 'access.matter.open',
  input: z.object({ matter: z.string().min(1).max(60), person }),
  async run(context, input): Promise<MatterAnswer> {
    const one = await personBy(context.tx, input.person);
    context.subject({ matter: input.matter, person: one.publicId });
    await context.elevate(async () => {
      const matter = await mine(context, input.matter);
      await addSubjects(context.tx, matter.id, [one.id]);
    });
    return { matter: input.matter };
  },
});

/** Closes one's matter: it is no purpose any more; of an investigation whom it concerned is told now. @throws MindunError unknown-matter */
export const endMatterCommand = defineCommand({
  name: 'access.matter.end',
  title: { zh: '办结事项', en: 'Close a matter' },
  permission: 'access.matter.open',
  input: z.object({ matter: z.string().min(1).max(60), reason }),
  async run(context, input): Promise<MatterAnswer> {
    context.subject({ matter: input.matter });
    await context.elevate(async () => {
      const matter = await mine(context, input.matter);
      await endMatter(context.tx, matter.id, input.reason, context.at, context.act);
    });
    return { matter: input.matter };
  },
});

function mine({ tx, caller }: Context, matter: string): ReturnType<typeof matterOf> {
  return matterOf(tx, matter, caller.actor.accountId, 'open-matter');
}

/** A matter as its owner sees it. */
export interface MatterRow {
  readonly matter: string;
  readonly kind: MatterKind;
  readonly reason: string;
  readonly at: Moment;
  /** Wall clock in Asia/Shanghai; of an emergency only. */
  readonly until: string | null;
  readonly persons: number;
  readonly looks: number;
  readonly open: boolean;
}

/** One's own matters, the open ones first, a hundred at most. */
export const matters = defineQuery({
  name: 'access.matters',
  title: { zh: '我的在办事项', en: 'My matters' },
  permission: 'access.matter.open',
  input: z.object({}),
  async run(context): Promise<{ rows: readonly MatterRow[] }> {
    const rows = await context.elevate(() =>
      context.tx.rows<MatterRow>(
        `select m.public_id as matter, m.kind, m.reason, to_char(m.at, 'YYYY-MM-DD"T"HH24:MI') as at,
           to_char(m.until at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI') as until,
           (select count(*)::int from matter_subject s where s.matter = m.id) as persons,
           (select count(*)::int from look l where l.account_id = m.account_id and l.matter = m.id) as looks,
           e.matter is null and (m.until is null or m.until > clock_timestamp()) as open
         from matter m left join matter_end e on e.matter = m.id
         where m.account_id = $1 order by open desc, m.id desc limit 100`,
        [context.caller.actor.accountId],
      ),
    );
    return { rows };
  },
});
