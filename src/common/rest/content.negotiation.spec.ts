import { describe, expect, it } from 'vitest';
import { acceptedCodings, isCurrent, namesMediaType } from './content.negotiation.js';

describe('acceptedCodings', () => {
  it.each([
    [undefined, [['', 1]]],
    [
      'gzip, deflate, br',
      [
        ['gzip', 1],
        ['deflate', 1],
        ['br', 1],
      ],
    ],
    ['GZIP;q=1.0 , br;q=0, zstd;q=0.000', [['gzip', 1]]],
    [
      'br;q=0.1, gzip; q=0.9',
      [
        ['br', 0.1],
        ['gzip', 0.9],
      ],
    ],
  ])('of %s are %j', (header, expected) => {
    expect([...acceptedCodings(header)]).toEqual(expected);
  });
});

describe('namesMediaType', () => {
  it.each([
    ['text/html', true],
    ['TEXT/HTML', true],
    ['text/html;charset=utf-8;q=0.5, */*', true],
    ['text/html;q=0', false],
    ['text/html;level=1;q=0.0, */*', false],
    ['text/html2', false],
    ['*/*', false],
    [undefined, false],
  ])('of %s is %s', (header, expected) => {
    expect(namesMediaType(header, 'text/html')).toBe(expected);
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
