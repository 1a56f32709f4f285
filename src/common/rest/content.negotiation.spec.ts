import { describe, expect, it } from 'vitest';
import { acceptedCodings, isCurrent } from './content.negotiation.js';

describe('acceptedCodings', () => {
  it.each([
    [undefined, ['']],
    ['gzip, deflate, br', ['gzip', 'deflate', 'br']],
    ['GZIP;q=1.0 , br;q=0, zstd;q=0.000', ['gzip']],
  ])('of %s are %j', (header, expected) => {
    expect([...acceptedCodings(header)]).toEqual(expected);
  });
});

describe('isCurrent', () => {
  it.each([
    ['W/"a"', true],
    ['"a"', true],
    ['"b", W/"a"', true],
    ['*', true],
    ['"b"', false],
    [undefined, false],
  ])('with %s is %s', (header, expected) => {
    expect(isCurrent(header, 'W/"a"')).toBe(expected);
  });
});
