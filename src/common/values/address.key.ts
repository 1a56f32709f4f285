import { isIP, isIPv6 } from 'node:net';

/** What a proxy in front may write for one: `1.2.3.4:5678`, `[2001:db8::1]:5678`. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/;
const MAPPED = /^::ffff:(?=\d+\.)/i;

/** Under what a client's address is counted: one IPv6 subscriber holds a whole /64, and everything that is no address counts as one. */
export function addressKey(text: string): string {
  const [, v6, v4] = WITH_PORT.exec(text) ?? [];
  const address = (v6 ?? v4 ?? text).replace(MAPPED, '');
  if (isIP(address) === 0) return 'no address';
  return isIPv6(address) && !address.includes('.') ? groups(address).slice(0, 4).join(':') : address;
}

/** The eight groups, without what may be written in two ways. */
function groups(address: string): string[] {
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const between = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...between, ...right].map((group) => Number.parseInt(group, 16).toString(16));
}
