import { describe, expect, it } from 'vitest';
import { bytes, compact, count, ms, percent, usd } from './number';

describe('numbers', () => {
  it.each([
    [count(1_234_567), '1,234,567'],
    [compact(9999), '9,999'],
    [compact(412_900), '412.9K'],
    [usd(4200), '$0.0042'],
    [usd(184_220_000), '$184.22'],
    [usd(0), '$0.00'],
    [usd(7), '$0.000007'],
    [ms(0.4), '0 ms'],
    [ms(999), '999 ms'],
    [ms(1240), '1.24 s'],
    [ms(12_400), '12.4 s'],
    [bytes(1023), '1023 B'],
    [bytes(1536), '1.5 KiB'],
    [bytes(8_808_038), '8.4 MiB'],
    [percent(0.421), '42 %'],
    [percent(0.421, 1), '42.1 %'],
  ])('%s is %s', (shown, expected) => {
    expect(shown).toBe(expected);
  });
});
