import type { Store } from './database/index.ts';
import { stopwatch } from './time.ts';

const betweenMs = 500;

/**
 * A long step's progress, written beside the step's own transaction so that others see it while it runs. Losing it loses
 * nothing: what was done is told by the step itself.
 */
export class Run {
  readonly #store: Store;
  readonly #id: number;
  #last = stopwatch();
  #writing: Promise<void> | null = null;

  private constructor(store: Store, id: number) {
    this.#store = store;
    this.#id = id;
  }

  /** Opens a run of a step. @param period month, as 200803 */
  static async open(store: Store, step: string, period: number, total: number): Promise<Run> {
    const { id } = await store.transaction({ role: 'system' }, (tx) =>
      tx.one<{ id: number }>(
        "insert into run (kind, period, state, total) values ($1, $2, 'running', $3) returning id",
        [step, period, total],
      ),
    );
    return new Run(store, id);
  }

  /** Tells how much is done; written twice a second at most, and never waited for. */
  tell(done: number): void {
    const now = stopwatch();
    if (this.#writing !== null || now - this.#last < betweenMs) return;
    this.#last = now;
    this.#writing = this.#write('running', done).finally(() => {
      this.#writing = null;
    });
  }

  async end(state: 'done' | 'failed'): Promise<void> {
    await this.#writing;
    await this.#write(state, null);
  }

  async #write(state: string, done: number | null): Promise<void> {
    await this.#store
      .transaction({ role: 'system' }, (tx) =>
        tx.execute(
          'update run set state = $2, done = coalesce($3, done), touched = clock_timestamp() where id = $1',
          [this.#id, state, done],
        ),
      )
      // The step itself says what went wrong with the store.
      .catch(() => undefined);
  }
}
