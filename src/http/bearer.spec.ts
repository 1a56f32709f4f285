import { describe, expect, it } from 'vitest';
import { bearer } from './bearer.js';

describe(bearer.name, () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['Bearer   abc  ', 'abc'],
    ['Bearer a+b/c==', 'a+b/c=='],
  ])('takes the credential out of %j', (value, credential) => expect(bearer(value)).toBe(credential));

  it.each([undefined, ''])('finds none in %j', (value) => expect(bearer(value)).toBeUndefined());

  it.each([
    'Bearer',
    'Bearer ',
    'abc',
    'Basic abc',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer a,b',
    'Bearer\tabc',
    'Bearer é',
    'Bearer a\u0000',
  ])('refuses %j', (value) => expect(bearer(value)).toBeNull());

  it('takes linear time over a long value', () => {
    // With quadratic time this runs into the timeout of the test; with linear time it takes milliseconds.
    expect(bearer(`Bearer ${' '.repeat(1_000_000)},`)).toBeNull();
  });
});
