import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from './private.address.js';

/**
 * A resolver that refuses names with a private address. It runs when the connection is made, so that a name cannot resolve
 * to another address after the check.
 */
export const guardedLookup: LookupFunction = (hostname, options, done) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return done(error, [], 0);
    if (addresses.some(({ address }) => isPrivateAddress(address)))
      return done(Object.assign(new Error('the upstream resolves to a private address'), { code: 'EPRIVATE' }), [], 0);
    return options.all ? done(null, addresses) : done(null, addresses[0]!.address, addresses[0]!.family);
  });
};
