import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Networks } from '../common/values/networks.js';

/**
 * The IP address of the client: the address of the peer or, behind trusted proxies, the last address in `X-Forwarded-For`
 * that is not a trusted proxy; in `Forwarded` (RFC 7239) when there is no `X-Forwarded-For`. Headers are read from the
 * right, because the client can write anything on the left. Empty when a proxy has written no address: no rule allows that.
 */
export function clientAddress({ socket, headers }: IncomingMessage, trusted: Networks | undefined): string {
  const peer = socket.remoteAddress ?? '';
  if (!trusted?.includes(peer)) return peer;
  const forwardedFor = headers['x-forwarded-for'] as string | undefined;
  const hops = forwardedFor === undefined ? forwardedHops(headers.forwarded) : entries(forwardedFor);
  let address = peer;
  for (const hop of hops.toReversed()) {
    address = addressOf(hop);
    if (!trusted.includes(address)) break;
  }
  return address;
}

const entries = (list: string): string[] =>
  list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** The `for` of each element. A comma within quotes is no part of an address: its element is not read at all. */
const forwardedHops = (forwarded: string | undefined): string[] => entries(forwarded ?? '').map(forOf);

function forOf(element: string): string {
  if (element.split('"').length % 2 === 0) return '';
  const values = element.split(';').flatMap((pair) => /^\s*for\s*=(.*)$/i.exec(pair)?.[1] ?? []);
  return values.length === 1 ? values[0]! : '';
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`, `fe80::1%eth0`, each also in quotes. */
const HOP = /^\s*("?)(?:\[([^\]"]+)\](?::[\w.-]*)?|([\d.]+):[\w.-]*|([^"]*?))\1\s*$/;
const MAPPED = /^::ffff:(?=\d+\.)/i;

/** The address in one entry of a list, without port, brackets and zone; empty for `unknown`, a name, and anything else. */
function addressOf(hop: string): string {
  const [, , bracketed, withPort, bare = ''] = HOP.exec(hop) ?? [];
  const address = (bracketed ?? withPort ?? bare).split('%')[0]!.replace(MAPPED, '');
  return isIP(address) === 0 ? '' : address;
}
