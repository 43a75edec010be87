import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { House, Log } from '../../kernel/index.ts';
import '../../services/index.ts';
import { makeApp } from './app.ts';

export interface ServeOptions {
  readonly house: House;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log: Log;
  /** Where to listen: this machine only, unless a proxy stands elsewhere. */
  readonly host?: string;
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

/** Serves a city's portal and interface over HTTP. @throws Error when the port is taken */
export async function serve(options: ServeOptions): Promise<Served> {
  const { house, log, port, host } = options;
  const app = makeApp({ house, log, version: programVersion() });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(port, host ?? '127.0.0.1', () => {
      server.off('error', failed);
      done();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => closed(server as ClosingServer),
  };
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
