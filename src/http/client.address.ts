import type { IncomingMessage } from 'node:http';
import type { Networks } from '../common/values/networks.js';

/**
 * The IP address of the client: the address of the peer or, behind trusted proxies, the last address in `X-Forwarded-For`
 * that is not a trusted proxy. The header is read from the right, because the client can write anything on the left.
 */
export function clientAddress(request: IncomingMessage, trusted: Networks | undefined): string {
  let address = request.socket.remoteAddress ?? '';
  if (!trusted?.includes(address)) return address;
  const hops = forwardedFor(request).toReversed();
  for (const hop of hops) {
    address = hop;
    if (!trusted.includes(address)) break;
  }
  return address;
}

const forwardedFor = ({ headers }: IncomingMessage): string[] =>
  [headers['x-forwarded-for'] ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '');
