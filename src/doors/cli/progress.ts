import { stopwatch } from '../../kernel/index.ts';

const width = 24;
const betweenMs = 100;
const firstAfterMs = 2000;

/** A progress bar on stderr for work over two seconds; in a log file nothing but the end of each part. */
export function progressBar(): {
  show(done: number, total: number, what: string): void;
  end(): void;
} {
  const begun = stopwatch();
  let last = 0;
  let open = false;
  const terminal = process.stderr.isTTY === true;
  return {
    show(done, total, what) {
      const now = stopwatch();
      if (now - begun < firstAfterMs && done < total) return;
      if (done < total && now - last < betweenMs) return;
      last = now;
      const filled = Math.round((width * done) / Math.max(1, total));
      const text = `${what} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}`;
      if (terminal) {
        process.stderr.write(`\r\u001b[K${text}`);
        open = true;
      } else if (done === total) process.stderr.write(`${text}\n`);
    },
    end() {
      if (open) process.stderr.write('\n');
    },
  };
}
