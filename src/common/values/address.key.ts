import { isIP, isIPv6 } from 'node:net';

/** Some proxies write an address with its port: `1.2.3.4:5678`, `[2001:db8::1]:5678`. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/;
const MAPPED = /^::ffff:(?=\d+\.)/i;

/**
 * The key under which requests of a client address are counted: an IPv4 address, the /64 network of an IPv6 address
 * (one subscriber usually has a whole /64), or one common key for every text that is not an address.
 */
export function addressKey(text: string): string {
  const [, v6, v4] = WITH_PORT.exec(text) ?? [];
  const address = (v6 ?? v4 ?? text).replace(MAPPED, '');
  if (isIP(address) === 0) return 'no address';
  return isIPv6(address) && !address.includes('.') ? groups(address).slice(0, 4).join(':') : address;
}

/** The eight groups of an IPv6 address in lower case without leading zeros; a zone index is dropped. */
function groups(address: string): string[] {
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const first = head.split(':').filter(Boolean);
  const last = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last].map((group) => Number.parseInt(group, 16).toString(16));
}
