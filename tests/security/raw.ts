import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RawAnswer {
  /** All that came back, until the connection ended or `until` was seen. */
  readonly text: string;
  /** Whether the server ended the connection. */
  readonly ended: boolean;
  readonly ms: number;
}

/**
 * Sends bytes as they are and reads what comes back.
 * @param chunks sent one after another with `pauseMs` between
 * @param waitMs how long the server may take to end the connection
 */
export async function raw(
  port: number,
  chunks: readonly string[],
  { pauseMs = 0, waitMs = 10_000 }: { pauseMs?: number; waitMs?: number } = {},
): Promise<RawAnswer> {
  const socket = net.connect(port, '127.0.0.1');
  const began = performance.now();
  let text = '';
  let ended = false;
  const over = new Promise<void>((done) => {
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      ended = true;
      done();
    });
  });
  for (const chunk of chunks) {
    if (ended) break;
    socket.write(chunk);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  await Promise.race([over, sleep(waitMs)]);
  const hungUp = ended;
  socket.destroy();
  return { text, ended: hungUp, ms: performance.now() - began };
}

/** A request that asks the server to hang up after it. */
export function request(line: string, headers: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const all = [line, 'Host: rs.example', 'Connection: close', ...headers, ...length];
  return `${all.join('\r\n')}\r\n\r\n${body}`;
}
