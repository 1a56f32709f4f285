import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { compileNetworks } from '../common/values/networks.js';
import { clientAddress } from './client.address.js';

const trusted = compileNetworks(['10.0.0.0/8', 'fd00::/8']);

const seen = (headers: Record<string, string>, remoteAddress: string | undefined = '10.0.0.1', by = trusted): string =>
  clientAddress({ socket: { remoteAddress }, headers } as unknown as IncomingMessage, by);

describe(clientAddress.name, () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['"[2001:db8::7]:4711"', '2001:db8::7'],
    ['fe80::7%eth0', 'fe80::7'],
    ['[fe80::7%25eth0]:80', 'fe80::7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:80', '203.0.113.7'],
    ['1.1.1.1, 203.0.113.7, 10.2.3.4', '203.0.113.7'],
    ['1.1.1.1 ,203.0.113.7:80 , [fd00::1]:443,10.0.0.2:1', '203.0.113.7'],
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['203.0.113.7,', '203.0.113.7'],
    ['', '10.0.0.1'],
    ['unknown', ''],
    ['1.1.1.1, _hidden', ''],
    ['1.1.1.1, not an address, 10.0.0.2', ''],
    ['203.0.113.7"},{"x":"', ''],
  ])('reads X-Forwarded-For: %s', (value, address) => {
    expect(seen({ 'x-forwarded-for': value })).toBe(address);
  });

  it.each([
    ['for=203.0.113.7', '203.0.113.7'],
    ['For="[2001:db8::7]:4711";proto=https;by=10.0.0.1', '2001:db8::7'],
    ['for=1.1.1.1, proto=https; for=203.0.113.7:80, for=10.0.0.2', '203.0.113.7'],
    ['for=1.1.1.1, by=10.0.0.2', ''],
    ['for=9.9.9.9;x=", for="[2001:db8::7]"', '2001:db8::7'],
    ['for="2.2.2.2, for=9.9.9.9"', ''],
    ['for=1.1.1.1;for=2.2.2.2', ''],
    ['for=unknown', ''],
  ])('reads Forwarded: %s', (value, address) => {
    expect(seen({ forwarded: value })).toBe(address);
  });

  it('prefers X-Forwarded-For', () => {
    expect(seen({ 'x-forwarded-for': '203.0.113.7', forwarded: 'for=9.9.9.9' })).toBe('203.0.113.7');
  });

  it('reads the header of a trusted proxy only', () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7' };
    expect(seen(headers, '192.0.2.1')).toBe('192.0.2.1');
    expect(clientAddress({ socket: { remoteAddress: '10.0.0.1' }, headers } as never, undefined)).toBe('10.0.0.1');
    expect(clientAddress({ socket: {}, headers } as never, trusted)).toBe('');
  });
});
