import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.js';
import { quantileOf } from './quantile.js';

const METRIC = { name: 'seconds', type: 'histogram', help: '', labels: [], across: 'sum' } as const;
const of = (...seconds: number[]) => {
  const histogram = new Histogram(METRIC, [1, 2, 4], [{}]);
  for (const value of seconds) histogram.observe(0, value);
  return histogram.family();
};

describe(quantileOf.name, () => {
  it.each([
    [[0.5, 0.5], 0.5, 0.5],
    [[0.5, 1.5], 0.5, 1],
    [[0.5, 1.5, 1.5, 1.5], 0.5, 1 + 1 / 3],
    [[0.5, 3, 3, 3], 1, 4],
    [[0.5, 9, 9, 9], 0.99, 4],
  ])('of %o at %d is %d', (seconds, part, expected) => {
    expect(quantileOf(of(...seconds), part)).toBeCloseTo(expected);
  });

  it('is unknown without an observation', () => {
    expect(quantileOf(of(), 0.5)).toBeUndefined();
  });

  it('sums series', () => {
    const histogram = new Histogram(METRIC, [1, 2, 4], [{ a: '1' }, { a: '2' }]);
    histogram.observe(0, 0.5);
    for (let i = 0; i < 3; i += 1) histogram.observe(1, 3);
    expect(quantileOf(histogram.family(), 0.25)).toBe(1);
  });
});
