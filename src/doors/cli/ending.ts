import type { Text } from '../../kernel/index.ts';

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const interrupted: Text = {
  zh: '已停止。报告完成的都在；没做完的这一步没有留下任何东西，可以再做一次。',
  en: 'Stopped. What was reported done is kept; the step under way left nothing and may be run again.',
};

/**
 * What Ctrl-C, SIGTERM and a closed terminal do: who serves ends in order; any other command lets go of the server, whose
 * rollback leaves nothing half done. A second signal does not wait.
 */
export class Ending {
  #resolve: (() => void) | undefined;
  #asked = false;

  /** @param leave lets go of the server @param say a last word to the reader */
  constructor(leave: () => Promise<void>, say: (text: Text) => void) {
    for (const [signal, status] of Object.entries(signals)) {
      process.on(signal, () => {
        if (this.#asked) process.exit(status);
        this.#asked = true;
        if (this.#resolve !== undefined) return this.#resolve();
        say(interrupted);
        void leave().finally(() => process.exit(status));
      });
    }
  }

  /** Resolves when the process is asked to end. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
}
