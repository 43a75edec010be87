import { createHash } from 'node:crypto';
import {
  type Actor,
  type Caller,
  type CityInfo,
  type CommandDefinition,
  type Context,
  type Gate,
  type PersonalContext,
  type PersonalQuery,
  type PlainQuery,
  type PurposedCaller,
  type QueryDefinition,
  registered,
  type Standing,
} from './commands.ts';
import type { Store, Tx } from './database/index.ts';
import { takeDuty } from './duties.ts';
import { MindunError } from './errors.ts';
import { keepProposal } from './hands.ts';
import { readInput } from './input.ts';
import type { Log } from './log.ts';
import { Looking } from './looking.ts';
import { Run } from './runs.ts';
import type { Sealed } from './sealed/index.ts';
import { dateOf, type Moment, moment, momentOfWall, wallNow } from './time.ts';

/** A caller whom the gate let in, with the reach of this very right. */
interface Admitted extends Caller {
  readonly standing: Standing;
}

/** How an act came about: the act around it, who proposed it. */
interface Origin {
  readonly parent?: number;
  readonly proposedBy?: number;
}

/** What a command's context has and a query's has not. */
type OwnOfCommands =
  | 'act'
  | 'ask'
  | 'run'
  | 'carryOut'
  | 'subject'
  | 'duty'
  | 'apart'
  | 'progress'
  | 'emit';

function hashOf(name: string, input: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([name, input]))
    .digest('hex');
}

/** A city at work: its store, its gate, and the only two ways in. */
export class House {
  readonly city: CityInfo;
  readonly store: Store;
  readonly log: Log;
  readonly sealed: Sealed;
  readonly #gate: Gate;

  constructor(city: CityInfo, store: Store, gate: Gate, log: Log, sealed: Sealed) {
    this.city = city;
    this.store = store;
    this.log = log;
    this.sealed = sealed;
    this.#gate = gate;
  }

  /**
   * Runs a command: input checked, right checked, one transaction, one act in the audit trail. The same key with
   * the same input answers as before; with another input it is refused. In a live city a command that takes more hands is kept as a proposal.
   * @throws MindunError input-invalid, key-reused, awaits-second-person, what the gate and the command refuse
   */
  async execute<I, O>(command: CommandDefinition<I, O>, raw: unknown, asked: Caller): Promise<O> {
    const permitted = await this.#admit(command, asked);
    const { key: _, ...unkeyed } = permitted as Admitted & { key?: string };
    const caller: Admitted = command.secret === true ? unkeyed : permitted;
    const input = readInput(command.input, raw);
    const hands = this.city.kind === 'live' ? (command.hands?.(input, caller.actor) ?? 1) : 1;
    if (hands !== 1) return this.#propose(command, input, caller, hands);
    return this.#carryOut(command, input, caller);
  }

  /**
   * Asks a query: input, right and purpose checked, read-only transactions with the actor's eyes (one for each round
   * trip); whose data the answer holds is recorded durably before the answer is given.
   * @throws MindunError input-invalid, what the gate and the query refuse
   */
  async ask<I, O>(query: PersonalQuery<I, O>, raw: unknown, asked: PurposedCaller): Promise<O>;
  async ask<I, O>(query: PlainQuery<I, O>, raw: unknown, asked: Caller): Promise<O>;
  async ask<I, O>(query: QueryDefinition<I, O>, raw: unknown, asked: Caller): Promise<O> {
    const caller = await this.#admit(query, asked);
    const input = readInput(query.input, raw);
    const looking = new Looking(caller, caller.standing);
    const answer = await this.#refusalsKept(looking, () =>
      this.store.read(caller.actor.reach, async (tx) => {
        const at = caller.at ?? (await this.at(tx));
        return query.run(this.#queryContext(tx, caller, at, query.name, looking), input);
      }),
    );
    if (looking.rows.length > 0) await this.#gate.record(looking.rows);
    return answer;
  }

  /** By name, for doors. @throws MindunError not-found */
  async call(name: string, raw: unknown, caller: Caller): Promise<unknown> {
    const definition = registered().get(name);
    if (definition === undefined) throw new MindunError('not-found', { what: name });
    return definition.kind === 'command'
      ? this.execute(definition, raw, caller)
      : this.ask(definition as PersonalQuery<unknown, unknown>, raw, caller as PurposedCaller);
  }

  /** The rights that an actor has here, for pages that offer only what can be done: what is of the whole city is nobody's whose right ends before its border. */
  async permissionsOf(actor: Actor): Promise<string[]> {
    const rights = new Set<string>();
    for (const definition of registered().values()) {
      const asked = { ...definition, personal: false, open: false };
      const may = await this.#gate
        .permit({ actor, purpose: '', language: 'zh' }, asked)
        .then(() => true)
        .catch((error: unknown) => {
          if (error instanceof MindunError) return false;
          throw error;
        });
      if (may) rights.add(definition.permission);
    }
    return [...rights].sort();
  }

  /** Business time: the stored clock of a simulated city, the wall in a live one. */
  async at(tx: Tx): Promise<Moment> {
    if (this.city.kind === 'live') return momentOfWall(wallNow());
    const { clock } = await tx.one<{ clock: string }>('select clock from city');
    return moment(clock);
  }

  async #admit(definition: Parameters<Gate['permit']>[1], caller: Caller): Promise<Admitted> {
    const { reach, standing } = await this.#gate.permit(caller, definition);
    return { ...caller, actor: { ...caller.actor, reach }, standing };
  }

  /** Who was refused for a conflict of interest is recorded, though nothing else of the call stays. */
  async #refusalsKept<T>(looking: Looking, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (looking.refused.length > 0) {
        const at = await this.store.read({ role: 'system' }, (tx) => this.at(tx));
        await this.#gate.record(looking.refused.map((row) => ({ ...row, at })));
      }
      throw error;
    }
  }

  async #carryOut<I, O>(command: CommandDefinition<I, O>, input: I, caller: Admitted): Promise<O> {
    const hash = hashOf(command.name, input);
    const looking = new Looking(caller, caller.standing);
    return this.#refusalsKept(looking, () =>
      this.store.transaction(caller.actor.reach, async (tx) => {
        const earlier = await this.#earlier<O>(tx, caller, hash);
        if (earlier !== undefined) return earlier;
        const at = await this.at(tx);
        const { id, answer } = await this.#act(tx, command, input, caller, at, looking, {});
        if (looking.rows.length > 0) await this.#gate.recordIn(tx, looking.rows);
        if (caller.key !== undefined) await this.#keep(tx, caller, id, hash, answer);
        return answer;
      }),
    );
  }

  /** Keeps what was asked for until others decide; with the same key it is kept once. */
  async #propose<I, O>(
    command: CommandDefinition<I, O>,
    input: I,
    caller: Admitted,
    hands: 2 | 3,
  ): Promise<never> {
    const hash = hashOf(command.name, input);
    const kept = await this.store.transaction(caller.actor.reach, async (tx) => {
      const earlier = await this.#earlier<string>(tx, caller, hash);
      if (earlier !== undefined) return earlier;
      const at = await this.at(tx);
      return tx.as('system', async () => {
        const { id } = await tx.one<{ id: number }>("select nextval('act_id') as id");
        const proposal = await keepProposal(tx, {
          command: command.name,
          input,
          hands,
          caller,
          act: id,
          at,
        });
        const subject = { proposal, of: command.name };
        await this.#record(tx, { id, at, command: 'access.proposal.make', caller, subject });
        if (caller.key !== undefined) await this.#keep(tx, caller, id, hash, proposal);
        return proposal;
      });
    });
    throw new MindunError(
      'awaits-second-person',
      { what: command.title, proposal: kept },
      { value: kept },
    );
  }

  async #earlier<O>(tx: Tx, caller: Caller, hash: string): Promise<O | undefined> {
    if (caller.key === undefined) return undefined;
    return tx.as('system', async () => {
      // Serialises repeats of one key: the second waits here and then finds the first's answer.
      await tx.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `${caller.actor.accountId} ${caller.key}`,
      ]);
      const found = await tx.maybe<{ input_hash: string; body: { answer: O } }>(
        'select input_hash, body from act_answer where account_id = $1 and key = $2',
        [caller.actor.accountId, caller.key],
      );
      if (found === undefined) return undefined;
      if (found.input_hash !== hash) throw new MindunError('key-reused', { key: caller.key });
      return found.body.answer;
    });
  }

  async #keep(tx: Tx, caller: Caller, act: number, hash: string, answer: unknown): Promise<void> {
    await tx.as('system', () =>
      tx.execute(
        'insert into act_answer (account_id, key, act, input_hash, body) values ($1, $2, $3, $4, $5)',
        [caller.actor.accountId, caller.key, act, hash, JSON.stringify({ answer })],
      ),
    );
  }

  async #act<I, O>(
    tx: Tx,
    command: CommandDefinition<I, O>,
    input: I,
    caller: Admitted,
    at: Moment,
    looking: Looking,
    origin: Origin,
  ): Promise<{ id: number; answer: O }> {
    const { id } = await tx.as('system', () =>
      tx.one<{ id: number }>("select nextval('act_id') as id"),
    );
    const subject: Record<string, string | number> = {};
    const runs: Run[] = [];
    const context: Context = {
      ...this.#shared(tx, caller, at),
      act: id,
      ask: async (query, question) => {
        // What shows a person within a command wants the same purpose and matter as asked by itself.
        if (query.personal === true)
          await this.#gate.permit(caller, { ...query, permission: command.permission });
        const within = this.#queryContext(tx, caller, at, query.name, looking);
        return query.run(within, readInput(query.input, question));
      },
      run: async (inner, question) => {
        const asked = readInput(inner.input, question);
        return (await this.#act(tx, inner, asked, caller, at, looking, { parent: id })).answer;
      },
      carryOut: async (name, question, proposedBy) => {
        const inner = registered().get(name);
        if (inner?.kind !== 'command') throw new MindunError('not-found', { what: name });
        const admitted = await this.#admit(inner, caller);
        await tx.within(admitted.actor.reach);
        const asked = readInput(inner.input, question);
        const origin = { parent: id, proposedBy };
        return (await this.#act(tx, inner, asked, admitted, at, looking, origin)).answer;
      },
      subject: (ids) => {
        looking.acts(command.name, at, Object.values(ids));
        Object.assign(subject, ids);
      },
      // What an act does inside another belongs to who does the other; what was put forward to who carries it out.
      duty: async (part, matter) => {
        if (origin.parent !== undefined && origin.proposedBy === undefined) return;
        const taken = { part, matter, act: id, caller };
        await tx.as('system', () => takeDuty(tx, this.city, taken));
      },
      apart: (work) => this.store.transaction({ role: 'system' }, work),
      progress: async (step, month, total) => {
        const run = await Run.open(this.store, step, month, total);
        runs.push(run);
        return (done) => run.tell(done);
      },
      emit: (kind, body) =>
        tx.as('system', async () => {
          await tx.execute('insert into outbox (act, kind, body) values ($1, $2, $3)', [
            id,
            kind,
            body,
          ]);
        }),
    };
    const answer = await command.run(context, input).catch(async (error: unknown) => {
      for (const run of runs) await run.end('failed');
      throw error;
    });
    for (const run of runs) await run.end('done');
    await this.#record(tx, { id, at, command: command.name, caller, subject, ...origin });
    return { id, answer };
  }

  async #record(
    tx: Tx,
    act: Origin & {
      id: number;
      at: Moment;
      command: string;
      caller: Admitted;
      subject: Readonly<Record<string, string | number>>;
    },
  ): Promise<void> {
    const { actor, purpose, standing } = act.caller;
    await tx.as('system', () =>
      tx.execute(
        `insert into act (id, at, account_id, role, area, command, purpose, matter, parent, proposed_by, subject)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          act.id,
          act.at,
          actor.accountId,
          standing.role,
          standing.area,
          act.command,
          purpose,
          standing.matter?.id ?? null,
          act.parent ?? null,
          act.proposedBy ?? null,
          act.subject,
        ],
      ),
    );
  }

  /** What commands and queries have alike. */
  #shared(tx: Tx, caller: Caller, at: Moment): Omit<Context, OwnOfCommands> {
    return {
      city: this.city,
      sealed: this.sealed,
      tx,
      caller,
      at,
      today: dateOf(at),
      elevate: (work) => tx.as('system', work),
      aside: (work) =>
        this.store.transaction({ role: 'system' }, work, {
          readOnly: true,
          isolation: 'repeatable read',
        }),
    };
  }

  #queryContext(
    tx: Tx,
    caller: Caller,
    at: Moment,
    query: string,
    looking: Looking,
  ): PersonalContext {
    return {
      ...this.#shared(tx, caller, at),
      // A query that shows a person was let in with a purpose only; of the others none can name a person.
      caller: caller as PurposedCaller,
      ask: (inner, question) =>
        inner.run(
          this.#queryContext(tx, caller, at, inner.name, looking),
          readInput(inner.input, question),
        ),
      looked: (look) => looking.looked(query, at, look),
    };
  }
}
