import type { IncomingMessage } from 'node:http';
import type { Networks } from '../common/values/networks.js';

/**
 * Who made a request: the peer, or, as far as the peers are trusted proxies, the last address in `X-Forwarded-For`
 * that none of them vouches for. Read from the right: what stands further left is the client's own claim.
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
