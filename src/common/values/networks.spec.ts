import { describe, expect, it } from 'vitest';
import { compileNetworks, networkProblem } from './networks.js';

describe(compileNetworks.name, () => {
  it.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:1::2', true],
    ['2001:db8::/32', '2001:db9::2', false],
    ['::1', '::1', true],
    ['::1', '127.0.0.1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['0.0.0.0/0', 'unknown', false],
    ['0.0.0.0/0', '', false],
  ])('%s and %s: %s', (network, address, yes) => expect(compileNetworks([network]).includes(address)).toBe(yes));
});

describe(networkProblem.name, () => {
  it.each(['10.0.0.0/8', '::1', '::/0', '192.168.1.1', '0.0.0.0/0'])('accepts %s', (entry) =>
    expect(networkProblem(entry)).toBeUndefined(),
  );
  it.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    '::1/129',
    'localhost',
    '',
    '10.0.0.1/8/8',
    '10.0.0.0/08',
    'fe80::1%eth0',
    5,
    null,
  ])('refuses %j', (entry) => expect(networkProblem(entry)).toBeTruthy());
});
