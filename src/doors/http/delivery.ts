import { deliver, type Sender } from '../../engines/access/index.ts';
import { faultPlace, type House, type Log } from '../../kernel/index.ts';

const everyMs = 5000;

/**
 * Sends what waits in the outbox while the server runs, one round after another. @param sender null: messages are read on the pages alone
 * @returns ends it; resolves when the round under way is over
 */
export function startDelivery(house: House, sender: Sender | null, log: Log): () => Promise<void> {
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  const once = async (): Promise<void> => {
    try {
      await deliver(house.store, house.city.code, sender, log);
    } catch (error) {
      // A store that is away comes back: the next round tries again.
      log.warn('messages wait', { error: faultPlace(error) });
    }
    if (!over) timer = setTimeout(begin, everyMs);
  };
  const begin = (): void => {
    round = once();
  };
  begin();
  return async () => {
    over = true;
    clearTimeout(timer);
    await round;
  };
}
