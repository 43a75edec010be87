import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Provider } from '../../engines/access/index.ts';
import { type House, type Log, MindunError } from '../../kernel/index.ts';
import '../../services/index.ts';
import { Proxies } from './address.ts';
import { makeApp, refusal } from './app.ts';
import { always } from './headers.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { TlsPair } from './tls.ts';

export interface ServeOptions {
  readonly house: House;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log: Log;
  /** Where to listen: this machine only, unless told. */
  readonly host?: string;
  /** Where the public reaches the pages, when that is not this machine: printed on papers. */
  readonly address?: string | undefined;
  /** Serves over TLS with this certificate and no other way. */
  readonly tls?: TlsPair | undefined;
  /** Whose word on where a request comes from is believed. */
  readonly proxies?: Proxies | undefined;
  /** Where security faults are told: a URI (`mailto:`, `https:`, `tel:`). */
  readonly contact?: string | undefined;
  readonly limits?: Partial<Limits>;
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

/** Serves a city's portal and interface. @throws MindunError port-taken, port-not-allowed, host-not-here */
export async function serve(options: ServeOptions): Promise<Served> {
  const { house, log, port, tls } = options;
  const host = options.host ?? '127.0.0.1';
  const limits = { ...defaultLimits, ...options.limits };
  const proxies = options.proxies ?? Proxies.none;
  const scheme = tls === undefined ? 'http' : 'https';
  const address = (): string =>
    options.address ?? `${scheme}://localhost:${(server.address() as AddressInfo).port}`;
  const app = makeApp({
    house,
    log,
    version: programVersion(),
    address,
    proxies,
    limits,
    contact: options.contact,
    provider: options.provider,
  });
  const listener = getRequestListener(app.fetch, {
    errorHandler: (fault) => unroutable(fault, log),
  });
  const server = listening(listener as RequestListener, limits, tls);
  capConnections(server, limits, proxies);
  await new Promise<void>((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => failed(portError(error, port, host)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      done();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => closed(server),
  };
}

/** Heads that dribble in, bodies that never end and heads without measure end here, before any route. */
function listening(listener: RequestListener, limits: Limits, tls: TlsPair | undefined): Server {
  const options = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.max(100, limits.headersMs / 4),
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.headerBytes,
  };
  if (tls === undefined) return createServer(options, listener);
  return createTlsServer(
    {
      ...options,
      cert: tls.cert,
      key: tls.key,
      minVersion: 'TLSv1.2',
      handshakeTimeout: limits.headersMs,
    },
    listener,
  );
}

/** So many connections at once, and so many of one address: whoever takes his share takes nobody else's. */
function capConnections(server: Server, limits: Limits, proxies: Proxies): void {
  server.maxConnections = limits.connections;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const peer = (socket.remoteAddress ?? '').replace(/^::ffff:(?=[\d.]+$)/i, '');
    // Behind a trusted proxy stand all its visitors.
    if (proxies.trusts(peer)) return;
    const count = (open.get(peer) ?? 0) + 1;
    if (count > limits.connectionsOfOne) {
      socket.destroy();
      return;
    }
    open.set(peer, count);
    socket.once('close', () => {
      const left = open.get(peer)! - 1;
      if (left === 0) open.delete(peer);
      else open.set(peer, left);
    });
  });
}

/** What cannot be taken for a request of this site, such as one without a host that can be: told as the interface tells refusals. */
function unroutable(fault: unknown, log: Log): Response {
  const error =
    fault instanceof RequestError ? new MindunError('request-unreadable') : refusal(fault, '', log);
  const told = { code: error.code, message: error.text('zh'), mend: error.mend('zh') };
  return new Response(JSON.stringify({ errors: [told] }), {
    status: error.status,
    headers: { ...always, 'Cache-Control': 'no-store', 'Content-Type': 'application/json' },
  });
}

function portError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') return new MindunError('port-taken', { port });
  if (error.code === 'EACCES') return new MindunError('port-not-allowed', { port });
  if (/^(EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|EINVAL)$/.test(error.code ?? ''))
    return new MindunError('host-not-here', { host });
  return error;
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    const end = setTimeout(() => server.closeAllConnections(), lastWordMs);
    server.close(() => {
      clearTimeout(end);
      done();
    });
    server.closeIdleConnections();
  });
}
