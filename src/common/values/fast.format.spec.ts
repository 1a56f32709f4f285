import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime, milliseconds, tenths } from './fast.format.js';

describe('what every request prints', () => {
  it('is a time as others print it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
        expect(isoTime(ms)).toBe(new Date(ms).toISOString());
      }),
    );
  });

  it('is a duration rounded to its last digit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (ms) => {
        expect(Math.abs(Number(milliseconds(ms)) - ms)).toBeLessThan(0.000_51);
        expect(Math.abs(Number(tenths(ms)) - ms)).toBeLessThan(0.051);
      }),
    );
    expect([tenths(0), tenths(12.34), milliseconds(0.0004), milliseconds(1.0049)]).toEqual([
      '0.0',
      '12.3',
      '0.000',
      '1.005',
    ]);
  });
});
