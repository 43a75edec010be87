import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Context, MiddlewareHandler } from 'hono';

/** Where a request comes from, as far as it is believed. */
export interface Origin {
  /** The visitor's network address for counting: of IPv6 the network of 64 bits, which is what one subscriber has. */
  readonly address: string;
  /** Whether the visitor speaks TLS, to this server or to a trusted proxy. */
  readonly tls: boolean;
}

declare module 'hono' {
  interface ContextVariableMap {
    origin: Origin;
  }
}

/** The proxies whose word on where a request comes from is taken; of anybody else it is not even read. */
export class Proxies {
  static readonly none = new Proxies();
  readonly #list = new BlockList();
  #any = false;

  /**
   * `10.0.0.5`, `10.0.0.5,fd00::/8`: addresses and networks.
   * @returns null when a part is neither, or a network that is everybody
   */
  static parse(text: string): Proxies | null {
    const proxies = new Proxies();
    for (const part of text.split(',')) if (!proxies.#add(part.trim())) return null;
    return proxies;
  }

  #add(part: string): boolean {
    const [address = '', bits, ...more] = part.split('/');
    const family = isIP(address);
    if (family === 0 || more.length > 0) return false;
    const kind = family === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) this.#list.addAddress(address, kind);
    else {
      const length = /^[1-9]\d{0,2}$/.test(bits) ? Number(bits) : 0;
      if (length < 1 || length > (family === 4 ? 32 : 128)) return false;
      this.#list.addSubnet(address, length, kind);
    }
    this.#any = true;
    return true;
  }

  /** @param address as `plain` gives it */
  trusts(address: string): boolean {
    const family = this.#any ? isIP(address) : 0;
    return family !== 0 && this.#list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/** Finds out once for a request where it comes from, before anything else looks at it. */
export function knowOrigin(proxies: Proxies): MiddlewareHandler {
  return async (c, next) => {
    c.set('origin', originOf(c, proxies));
    await next();
  };
}

/** The network address that a request comes from, for counting. */
export function addressOf(c: Context): string {
  return c.get('origin').address;
}

function originOf(c: Context, proxies: Proxies): Origin {
  // The socket itself: what stands in the request line or a header was written by whoever asks.
  const { incoming } = (c.env ?? {}) as { readonly incoming?: IncomingMessage };
  const socket = incoming?.socket as TLSSocket | undefined;
  const peer = plain(socket?.remoteAddress ?? '');
  const trusted = proxies.trusts(peer);
  const address = trusted ? visitor(peer, c.req.header('X-Forwarded-For') ?? '', proxies) : peer;
  const encrypted = socket?.encrypted === true;
  const told = (c.req.header('X-Forwarded-Proto') ?? '').split(',').at(-1)!.trim().toLowerCase();
  return {
    address: isIPv6(address) ? network(address) : address,
    tls: encrypted || (trusted && told === 'https'),
  };
}

/** The right-most address that no trusted proxy has: what stands left of it was written by the visitor himself. */
function visitor(peer: string, forwarded: string, proxies: Proxies): string {
  let last = peer;
  for (const name of forwarded.split(',').reverse()) {
    const address = plain(name);
    if (isIP(address) === 0) return last;
    last = address;
    if (!proxies.trusts(address)) return last;
  }
  return last;
}

/** Without the mark of an IPv4 address in an IPv6 socket and without a zone. */
function plain(address: string): string {
  return address
    .trim()
    .replace(/^::ffff:(?=[\d.]+$)/i, '')
    .replace(/%.*$/, '');
}

function network(address: string): string {
  // The address bar's own way of writing it: lower case, the longest run of zeros as ::.
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = short.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array<string>(zeros).fill('0'), ...last].slice(0, 4).join(':');
}
