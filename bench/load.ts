// A load generator of 50 keep-alive connections in a process of its own: prints what it saw as JSON. It shares the
// machine with what it measures, so it writes ready requests to bare sockets and reads no more of an answer than it must.
import { connect } from 'node:net';
import { stopwatch } from '../src/kernel/index.ts';
import { Draw } from '../src/services/simulation/random.ts';

export interface LoadOrder {
  readonly port: number;
  readonly kind: 'json' | 'page';
  readonly connections: number;
  readonly seconds: number;
  readonly seed: number;
  /** Persons by id, from and to; each has an account whose session's token is `token-<id>`. */
  readonly from: number;
  readonly to: number;
}

export interface Load {
  readonly answers: number;
  readonly seconds: number;
  readonly p50ms: number;
  readonly p99ms: number;
  /** Answers that were not 200, or not of the person who asked. */
  readonly wrong: number;
  readonly firstWrong: string;
}

const order = JSON.parse(process.argv[2]!) as LoadOrder;
const end = Buffer.from('\r\n0\r\n\r\n');
const draw = new Draw(order.seed, 'load');
const latencies: number[] = [];
let wrong = 0;
let firstWrong = '';

function request(person: number): string {
  const path = order.kind === 'json' ? `/api/v1/insurance/record?person=${person}` : '/record';
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${order.port}\r\nCookie: mindun=token-${person}\r\nMindun-Purpose: own-matter\r\n\r\n`;
}

/** Whether the answer has come to its end. */
function whole(answer: Buffer): boolean {
  const head = answer.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.toString('latin1', 0, head))?.[1];
  if (length !== undefined) return answer.length >= head + 4 + Number(length);
  return answer.subarray(-end.length).equals(end);
}

function check(answer: Buffer, person: number): void {
  const own = order.kind === 'json' ? `"publicId":"${person}"` : `>张${person}</span>`;
  if (answer.toString('latin1', 9, 12) === '200' && answer.includes(own)) return;
  wrong += 1;
  if (firstWrong === '') firstWrong = answer.toString('utf8').slice(0, 600);
}

function visitor(begun: number): Promise<void> {
  return new Promise((done, failed) => {
    const socket = connect(order.port, '127.0.0.1');
    socket.setNoDelay(true);
    let parts: Buffer[] = [];
    let person = 0;
    let asked = 0;
    const ask = (): void => {
      if (stopwatch() - begun >= order.seconds * 1000) {
        socket.destroy();
        done();
        return;
      }
      person = draw.int(order.from, order.to);
      asked = stopwatch();
      socket.write(request(person));
    };
    socket.on('connect', ask);
    socket.on('error', failed);
    socket.on('end', () => failed(new Error('the server closed a connection')));
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      const answer = parts.length === 1 ? part : Buffer.concat(parts);
      if (!whole(answer)) return;
      latencies.push(stopwatch() - asked);
      check(answer, person);
      parts = [];
      ask();
    });
  });
}

const begun = stopwatch();
await Promise.all(Array.from({ length: order.connections }, () => visitor(begun)));
const seconds = (stopwatch() - begun) / 1000;
const sorted = latencies.sort((a, b) => a - b);
const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
const load: Load = {
  answers: sorted.length,
  seconds,
  p50ms: at(0.5),
  p99ms: at(0.99),
  wrong,
  firstWrong,
};
console.log(JSON.stringify(load));
