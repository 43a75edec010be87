import { isIP, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/**
 * The network address that a request comes from, for counting. The peer's; where the peer is this machine, a proxy in front stands there and
 * names it last in X-Forwarded-For. What anybody else writes into that header is not believed. Of IPv6 the network of 64 bits, which is what
 * one subscriber has.
 */
export function addressOf(c: Context): string {
  const peer = plain(getConnInfo(c).remote.address ?? '');
  const named = plain(c.req.header('X-Forwarded-For')?.split(',').at(-1) ?? '');
  const address = isLoopback(peer) && isIP(named) !== 0 ? named : peer;
  return isIPv6(address) ? network(address) : address;
}

/** Without the mark of an IPv4 address in an IPv6 socket and without a zone. */
function plain(address: string): string {
  return address
    .trim()
    .replace(/^::ffff:(?=[\d.]+$)/i, '')
    .replace(/%.*$/, '');
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
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
