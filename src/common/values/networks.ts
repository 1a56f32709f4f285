import { BlockList, isIP } from 'node:net';

/** A set of IP addresses and networks. */
export interface Networks {
  /** False for a text that is not an IP address. */
  includes(address: string): boolean;
}

/** What is wrong with an address or a network in CIDR notation (RFC 4632); undefined for a valid one. */
export function networkProblem(entry: unknown): string | undefined {
  const [address = '', bits, ...rest] = typeof entry === 'string' ? entry.split('/') : [];
  const family = address.includes('%') ? 0 : isIP(address);
  const wellFormed =
    family !== 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
  return wellFormed ? undefined : 'must be an address or a network such as 10.0.0.0/8 or 2001:db8::/32';
}

/** Compiles valid entries. An IPv4-mapped IPv6 address is matched as the IPv4 address. */
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
