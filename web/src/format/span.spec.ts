import { describe, expect, it } from 'vitest';
import { minutesSpan, shortSpan, span } from './span';

describe('span', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [1000, '1 s'],
    [61_000, '1 m 1 s'],
    [3_600_000, '1 h'],
    [3_601_000, '1 h'],
    [273_600_000, '3 d 4 h'],
    [273_659_000, '3 d 4 h'],
  ])('of %i ms is %s', (milliseconds, expected) => {
    expect(span(milliseconds)).toBe(expected);
  });

  it('has a short form', () => {
    expect(shortSpan(273_600_000)).toBe('3 d');
  });

  it('has a form without seconds', () => {
    expect(minutesSpan(926_000)).toBe('15 m');
    expect(minutesSpan(59_999)).toBe('under 1 m');
  });
});
