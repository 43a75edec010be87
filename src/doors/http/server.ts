import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Provider } from '../../engines/access/index.ts';
import { type House, type Log, MindunError } from '../../kernel/index.ts';
import '../../services/index.ts';
import { makeApp } from './app.ts';

export interface ServeOptions {
  readonly house: House;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log: Log;
  /** Where to listen: this machine only, unless a proxy stands elsewhere. */
  readonly host?: string;
  /** Where the public reaches the pages, when that is not this machine: printed on papers. */
  readonly address?: string | undefined;
  /** The bureau's own sign-in for staff. */
  readonly provider?: Provider | undefined;
}

export interface Served {
  readonly port: number;
  /** Takes no more requests, lets those under way end, and closes. */
  close(): Promise<void>;
}

const lastWordMs = 5000;

function programVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Serves a city's portal and interface over HTTP. @throws MindunError port-taken, port-not-allowed */
export async function serve(options: ServeOptions): Promise<Served> {
  const { house, log, port, host, provider } = options;
  const address = (): string =>
    options.address ?? `http://localhost:${(server.address() as AddressInfo).port}`;
  const app = makeApp({ house, log, version: programVersion(), address, provider });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => failed(portError(error, port)));
    server.listen(port, host ?? '127.0.0.1', () => {
      server.removeAllListeners('error');
      done();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => closed(server as ClosingServer),
  };
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') return new MindunError('port-taken', { port });
  if (error.code === 'EACCES') return new MindunError('port-not-allowed', { port });
  return error;
}

interface ClosingServer {
  close(done: () => void): unknown;
  closeIdleConnections(): void;
  closeAllConnections(): void;
}

function closed(server: ClosingServer): Promise<void> {
  return new Promise((done) => {
    const end = setTimeout(() => server.closeAllConnections(), lastWordMs);
    server.close(() => {
      clearTimeout(end);
      done();
    });
    server.closeIdleConnections();
  });
}
