import { BlockList, isIP } from 'node:net';
import type { AppConfig } from '../config/app.config.js';

/** Loopback, private, link-local, shared, documentation, benchmark, multicast and reserved ranges (RFC 6890, RFC 4193, RFC 6598). */
const PRIVATE_V4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
const PRIVATE_V6: [string, number][] = [
  // With the deprecated IPv4-compatible addresses (RFC 4291 §2.5.5.1).
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const list = new BlockList();
for (const [net, bits] of PRIVATE_V4) list.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of PRIVATE_V6) list.addSubnet(net, bits, 'ipv6');

/**
 * True for an address that a public upstream cannot have, and for text that is no address. An IPv4-mapped IPv6 address
 * counts as its IPv4 address.
 */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  return family === 0 || list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** True for a URL host that is localhost or a private address as text. Other names are checked when they are resolved. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
    .replace(/\.$/, '');
  return host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && isPrivateAddress(host));
}

/** True when the configuration itself names the origin: such an origin may have a private address. */
export const mayBePrivate = (origin: string, upstream: AppConfig['upstream']): boolean =>
  origin === upstream.origin || upstream.allowedPrivateOrigins.includes(origin);
