import { createHash } from 'node:crypto';
import {
  type Caller,
  type CityInfo,
  type CommandDefinition,
  type Context,
  type Gate,
  type LookRow,
  type QueryContext,
  type QueryDefinition,
  registered,
} from './commands.ts';
import type { Store, Tx } from './database/index.ts';
import { MindunError } from './errors.ts';
import { readInput } from './input.ts';
import type { Log } from './log.ts';
import { assertPurpose } from './purposes.ts';
import { Run } from './runs.ts';
import type { Text } from './text.ts';
import { dateOf, type Moment, moment, momentOfWall, wallNow } from './time.ts';

/** A city at work: its store, its gate, and the only two ways in. */
export class House {
  readonly city: CityInfo;
  readonly store: Store;
  readonly log: Log;
  readonly #gate: Gate;

  constructor(city: CityInfo, store: Store, gate: Gate, log: Log) {
    this.city = city;
    this.store = store;
    this.log = log;
    this.#gate = gate;
  }

  /**
   * Runs a command: input checked, right checked, one transaction, one act in the audit trail. The same key with
   * the same input answers as before; with another input it is refused.
   * @throws MindunError input-invalid, not-permitted, purpose-missing, purpose-unknown, key-reused and what the command refuses
   */
  async execute<I, O>(command: CommandDefinition<I, O>, raw: unknown, asked: Caller): Promise<O> {
    const permitted = this.#permitted(command, asked);
    const { key: _, ...unkeyed } = permitted as Caller & { key?: string };
    const caller: Caller = command.secret === true ? unkeyed : permitted;
    const input = readInput(command.input, raw);
    const hash = createHash('sha256')
      .update(JSON.stringify([command.name, input]))
      .digest('hex');
    return this.store.transaction(caller.actor.reach, async (tx) => {
      const earlier = await this.#earlier<O>(tx, caller, hash);
      if (earlier !== undefined) return earlier;
      const at = await this.at(tx);
      const looks: LookRow[] = [];
      const kept = command.secret === true ? {} : { hash };
      const answer = await this.#act(tx, command, input, caller, at, looks, kept);
      if (looks.length > 0) await this.#gate.recordIn(tx, looks);
      if (caller.key !== undefined) await this.#keep(tx, caller, answer);
      return answer;
    });
  }

  /**
   * Asks a query: input, right and purpose checked, read-only transactions with the actor's eyes (one for each round
   * trip); whose data the answer holds is recorded durably before the answer is given.
   * @throws MindunError input-invalid, not-permitted, purpose-missing, purpose-unknown and what the query refuses
   */
  async ask<I, O>(query: QueryDefinition<I, O>, raw: unknown, asked: Caller): Promise<O> {
    const caller = this.#permitted(query, asked);
    const input = readInput(query.input, raw);
    const looks: LookRow[] = [];
    const answer = await this.store.read(caller.actor.reach, async (tx) => {
      const at = caller.at ?? (await this.at(tx));
      return query.run(this.#queryContext(tx, caller, at, query.name, looks), input);
    });
    if (looks.length > 0) await this.#gate.record(looks);
    return answer;
  }

  /** The caller with the reach of this very right. @throws MindunError not-permitted, sign-in-needed, purpose-missing, purpose-unknown */
  #permitted(
    definition: {
      title: Text;
      permission: string;
      open?: boolean;
      personal?: boolean;
      stepUp?: boolean;
    },
    caller: Caller,
  ): Caller {
    const reach = this.#gate.permit(caller.actor, definition);
    assertPurpose(caller.purpose, definition.personal === true);
    return { ...caller, actor: { ...caller.actor, reach } };
  }

  /** By name, for doors. @throws MindunError not-found */
  async call(name: string, raw: unknown, caller: Caller): Promise<unknown> {
    const definition = registered().get(name);
    if (definition === undefined) throw new MindunError('not-found', { what: name });
    return definition.kind === 'command'
      ? this.execute(definition, raw, caller)
      : this.ask(definition, raw, caller);
  }

  /** Business time: the stored clock of a simulated city, the wall in a live one. */
  async at(tx: Tx): Promise<Moment> {
    if (this.city.kind === 'live') return momentOfWall(wallNow());
    const { clock } = await tx.one<{ clock: string }>('select clock from city');
    return moment(clock);
  }

  async #earlier<O>(tx: Tx, caller: Caller, hash: string): Promise<O | undefined> {
    if (caller.key === undefined) return undefined;
    return tx.as('system', async () => {
      // Serialises repeats of one key: the second waits here and then finds the first's answer.
      await tx.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `${caller.actor.accountId} ${caller.key}`,
      ]);
      const found = await tx.maybe<{ input_hash: string; body: { answer: O } }>(
        'select a.input_hash, r.body from act a join act_answer r on r.act = a.id where a.account_id = $1 and a.key = $2',
        [caller.actor.accountId, caller.key],
      );
      if (found === undefined) return undefined;
      if (found.input_hash !== hash) throw new MindunError('key-reused', { key: caller.key });
      return found.body.answer;
    });
  }

  async #keep(tx: Tx, caller: Caller, answer: unknown): Promise<void> {
    await tx.as('system', () =>
      tx.execute(
        'insert into act_answer (act, body) select id, $3 from act where account_id = $1 and key = $2',
        [caller.actor.accountId, caller.key, JSON.stringify({ answer })],
      ),
    );
  }

  async #act<I, O>(
    tx: Tx,
    command: CommandDefinition<I, O>,
    input: I,
    caller: Caller,
    at: Moment,
    looks: LookRow[],
    origin: { hash?: string; parent?: number },
  ): Promise<O> {
    const { id } = await tx.as('system', () =>
      tx.one<{ id: number }>("select nextval('act_id') as id"),
    );
    let subject: Record<string, string | number> = {};
    const runs: Run[] = [];
    const context: Context = {
      city: this.city,
      tx,
      caller,
      at,
      today: dateOf(at),
      act: id,
      elevate: (work) => tx.as('system', work),
      aside: (work) =>
        this.store.transaction({ role: 'system' }, work, {
          readOnly: true,
          isolation: 'repeatable read',
        }),
      ask: (query, question) => {
        assertPurpose(caller.purpose, query.personal === true);
        const within = this.#queryContext(tx, caller, at, query.name, looks);
        return query.run(within, readInput(query.input, question));
      },
      run: (inner, question) =>
        this.#act(tx, inner, readInput(inner.input, question), caller, at, looks, { parent: id }),
      subject: (ids) => {
        subject = { ...subject, ...ids };
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
    return answer;
  }

  async #record(
    tx: Tx,
    act: {
      id: number;
      at: Moment;
      command: string;
      caller: Caller;
      subject: Readonly<Record<string, string | number>>;
      hash?: string;
      parent?: number;
    },
  ): Promise<void> {
    await tx.as('system', () =>
      tx.execute(
        `insert into act (id, at, account_id, command, purpose, parent, key, input_hash, subject)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          act.id,
          act.at,
          act.caller.actor.accountId,
          act.command,
          act.caller.purpose,
          act.parent ?? null,
          act.parent === undefined ? (act.caller.key ?? null) : null,
          act.hash ?? null,
          act.subject,
        ],
      ),
    );
  }

  #queryContext(tx: Tx, caller: Caller, at: Moment, query: string, looks: LookRow[]): QueryContext {
    const context: QueryContext = {
      city: this.city,
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
      ask: (inner, question) =>
        inner.run(
          this.#queryContext(tx, caller, at, inner.name, looks),
          readInput(inner.input, question),
        ),
      looked: (look) => {
        assertPurpose(caller.purpose, look.personId !== undefined);
        looks.push({
          at,
          accountId: caller.actor.accountId,
          query,
          purpose: caller.purpose,
          ...look,
        });
      },
    };
    return context;
  }
}
