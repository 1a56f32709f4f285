import { describe, expect, it } from 'vitest';
import { isPrivateAddress, isPrivateHost } from './private.address.js';

const PRIVATE = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fec0::1',
  '::127.0.0.1',
  '64:ff9b:1::a00:1',
  'ff02::1',
  '2002:7f00:1::',
];
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '104.18.7.192',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700:4700::1111',
  '::ffff:8.8.8.8',
];

describe(isPrivateAddress.name, () => {
  it.each(PRIVATE)('says yes to %s', (address) => expect(isPrivateAddress(address)).toBe(true));
  it.each(PUBLIC)('says no to %s', (address) => expect(isPrivateAddress(address)).toBe(false));
  it('trusts nothing that is no address', () => expect(isPrivateAddress('name.example')).toBe(true));
});

describe(isPrivateHost.name, () => {
  /** As a URL's parser hands them out: it turns 2130706433, 0x7f.1 and 127.1 into 127.0.0.1. */
  const hostOf = (url: string): string => new URL(url).hostname;

  it.each([
    'http://localhost',
    'http://LOCALHOST.',
    'http://api.localhost',
    'http://127.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://0177.0.0.1',
    'http://[::1]',
    'http://[::ffff:7f00:1]',
    'http://169.254.169.254',
  ])('TG-26 says yes to %s', (url) => expect(isPrivateHost(hostOf(url))).toBe(true));

  it.each(['https://api.openai.com', 'https://localhost.example', 'https://8.8.8.8', 'https://[2606:4700:4700::1111]'])(
    'says no to %s',
    (url) => {
      expect(isPrivateHost(hostOf(url))).toBe(false);
    },
  );
});
