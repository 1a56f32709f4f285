import { BlockList, isIP } from 'node:net';

/** Whether an address is within one of some networks. */
export interface Networks {
  includes(address: string): boolean;
}

/** What is wrong with a network in CIDR notation (RFC 4632) or a single address, or undefined. */
export function networkProblem(entry: unknown): string | undefined {
  const [address = '', bits, ...rest] = typeof entry === 'string' ? entry.split('/') : [];
  const family = address.includes('%') ? 0 : isIP(address);
  const wellFormed =
    family !== 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
  return wellFormed ? undefined : 'must be an address or a network such as 10.0.0.0/8 or 2001:db8::/32';
}

/** Compiles entries that have no fault. An IPv4 address that came mapped into IPv6 counts as the IPv4 it maps. */
export function compileNetworks(entries: readonly string[]): Networks {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return { includes: (address) => includes(list, unmapped(address)) };
}

function includes(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

const unmapped = (address: string): string => {
  const plain = address.split('%')[0]!;
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(plain) ? plain.slice(7) : plain;
};
