import {
  type Caller,
  type LookRow,
  type PersonalContext,
  registered,
  type Standing,
} from './commands.ts';
import { defineErrors, MindunError } from './errors.ts';
import { assertPurpose } from './purposes.ts';
import type { Moment } from './time.ts';

defineErrors({
  'matter-of-others': {
    message: {
      zh: '这个人不在您说的那件事里',
      en: 'The matter that you named does not concern this person',
    },
    mend: {
      zh: '请换一个用途，或者先把这个人加进这件事。',
      en: 'State another purpose, or add the person to the matter first.',
    },
    status: 403,
  },
});

type Look = Parameters<PersonalContext['looked']>[0];

/** Whose data one call shows: checked as it is told, recorded before the answer leaves. */
export class Looking {
  readonly rows: LookRow[] = [];
  /** What was refused for a conflict of interest: kept though nothing else of the call is. */
  readonly refused: LookRow[] = [];
  readonly #caller: Caller;
  readonly #standing: Standing;

  constructor(caller: Caller, standing: Standing) {
    this.#caller = caller;
    this.#standing = standing;
  }

  /** @throws MindunError conflict-of-interest, matter-of-others, purpose-missing */
  looked(query: string, at: Moment, look: Look): void {
    const { actor, purpose } = this.#caller;
    const shown = [
      ...(look.personId === undefined ? [] : [look.personId]),
      ...(look.persons ?? []),
    ];
    assertPurpose(purpose, shown.length > 0);
    const { conflicts } = actor;
    const mine = (id: number): boolean => conflicts?.persons.has(id) ?? false;
    const own = look.personId !== undefined && mine(look.personId);
    const employer = look.employerId !== undefined && conflicts?.employers.has(look.employerId);
    if (own || employer === true) this.#refuse(query, at, look);
    const { matter } = this.#standing;
    // What shows persons without naming them, such as a roster or an employer's certificates, concerns more than the matter's.
    const asked = registered().get(query);
    const many = shown.length === 0 && asked?.kind === 'query' && asked.personal === true;
    if (matter?.persons != null && (many || !shown.every((id) => matter.persons!.has(id))))
      throw new MindunError('matter-of-others');
    this.rows.push(this.#row(query, at, look));
  }

  /** What a command is about, by public ids. @throws MindunError conflict-of-interest */
  acts(command: string, at: Moment, ids: readonly (string | number)[]): void {
    for (const id of ids) {
      const about = this.#caller.actor.conflicts?.byPublicId.get(String(id));
      if (about !== undefined) this.#refuse(command, at, about);
    }
  }

  #refuse(name: string, at: Moment, look: Look): never {
    this.refused.push({ ...this.#row(name, at, look), refused: 'conflict-of-interest' });
    throw new MindunError('conflict-of-interest');
  }

  #row(query: string, at: Moment, look: Look): LookRow {
    return {
      at,
      accountId: this.#caller.actor.accountId,
      role: this.#standing.role,
      area: this.#standing.area,
      query,
      purpose: this.#caller.purpose,
      matter: this.#standing.matter?.id ?? null,
      ...look,
    };
  }
}
