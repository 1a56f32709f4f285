import { describe, expect, it } from 'vitest';
import { UploadRate } from './upload.rate.js';

describe(UploadRate.name, () => {
  it('calls fewer than 5,000 bytes in ten seconds a trickle, but not earlier', () => {
    const rate = new UploadRate();
    rate.add(4999, 1000);
    expect([rate.isTrickle(10_999), rate.isTrickle(11_000)]).toEqual([false, true]);
    rate.add(5000, 20_000);
    expect(rate.isTrickle(30_000)).toBe(false);
  });

  it('ignores a pause, and time in which back pressure slowed the client down', () => {
    const rate = new UploadRate();
    expect(rate.isTrickle(1_000_000)).toBe(false);
    rate.add(1, 1_000_000);
    rate.forget();
    expect(rate.isTrickle(2_000_000)).toBe(false);
  });

  it('begins a new period with the first byte after it', () => {
    const rate = new UploadRate();
    rate.add(6000, 0);
    expect(rate.isTrickle(10_000)).toBe(false);
    rate.add(1, 50_000);
    expect([rate.isTrickle(59_999), rate.isTrickle(60_000)]).toEqual([false, true]);
  });
});
