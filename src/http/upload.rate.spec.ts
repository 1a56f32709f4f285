import { describe, expect, it } from 'vitest';
import { UploadRate } from './upload.rate.js';

describe(UploadRate.name, () => {
  it('calls fewer than 5,000 bytes in ten seconds a trickle, and not before they are over', () => {
    const rate = new UploadRate();
    rate.add(4999, 1000);
    expect([rate.isTrickle(10_999), rate.isTrickle(11_000)]).toEqual([false, true]);
    rate.add(5000, 20_000);
    expect(rate.isTrickle(30_000)).toBe(false);
  });

  it('says nothing of a pause, nor of time in which the upstream held the client back', () => {
    const rate = new UploadRate();
    expect(rate.isTrickle(1_000_000)).toBe(false);
    rate.add(1, 1_000_000);
    rate.forget();
    expect(rate.isTrickle(2_000_000)).toBe(false);
  });

  it('begins anew with the first byte after its time', () => {
    const rate = new UploadRate();
    rate.add(6000, 0);
    expect(rate.isTrickle(10_000)).toBe(false);
    rate.add(1, 50_000);
    expect([rate.isTrickle(59_999), rate.isTrickle(60_000)]).toEqual([false, true]);
  });
});
