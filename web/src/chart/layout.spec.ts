import { describe, expect, it } from 'vitest';
import { layoutOf } from './layout';

const series = [{ key: 'all', name: 'All', color: 'red' }];
const layout = (values: readonly number[], format: (value: number) => string = String) =>
  layoutOf(
    { series, format, points: values.map((value, at) => ({ at: String(at), label: '', values: { all: value } })) },
    { width: 600, height: 200 },
  );

describe('the layout of a chart', () => {
  it('has whole values on the left, from zero on', () => {
    expect(layout([1, 2]).ticks).toEqual([0, 1, 2]);
    expect(layout([0, 0]).ticks).toEqual([0]);
    expect(layout([]).ticks).toEqual([0]);
    expect(layout([97]).ticks).toEqual([0, 20, 40, 60, 80, 100]);
  });

  it('leaves room for the longest value', () => {
    expect(layout([9], () => '$1,234,567.00').left).toBeGreaterThan(layout([9]).left);
    expect(layout([9]).left + layout([9]).width).toBe(596);
  });

  it('reaches the period before', () => {
    const { y } = layoutOf(
      { series, format: String, points: [{ at: '0', label: '', values: { all: 1 }, before: 50 }] },
      { width: 600, height: 200 },
    );
    expect(y.domain()[1]).toBeGreaterThanOrEqual(50);
  });
});
