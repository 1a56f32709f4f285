import { describe, expect, it } from 'vitest';
import { countersOf, mergeFamilies } from './family.merge.js';
import type { Family, Metric } from './metric.js';

const family = (
  name: string,
  type: Metric['type'],
  across: Metric['across'],
  values: Record<string, number>,
): Family => ({
  metric: { name, type, across, help: '', labels: ['a'] },
  points: Object.entries(values).map(([a, value]) => ({ name, labels: { a }, value })),
});

const valuesOf = (families: readonly Family[]) =>
  families.map(({ metric, points }) => [metric.name, points.map(({ labels, value }) => [labels['a'], value])]);

describe(mergeFamilies.name, () => {
  it('combines each series as its metric says, and keeps those that one process alone has', () => {
    const one = [
      family('s', 'counter', 'sum', { x: 1, y: 2 }),
      family('h', 'gauge', 'max', { x: 1 }),
      family('l', 'gauge', 'min', { x: 1 }),
    ];
    const other = [
      family('s', 'counter', 'sum', { y: 3, z: 4 }),
      family('h', 'gauge', 'max', { x: 5 }),
      family('l', 'gauge', 'min', { x: 0 }),
      family('o', 'gauge', 'sum', { x: 7 }),
    ];
    expect(valuesOf(mergeFamilies([one, other]))).toEqual([
      ['s', [['x', 1], ['y', 5], ['z', 4]]],
      ['h', [['x', 5]]],
      ['l', [['x', 0]]],
      ['o', [['x', 7]]],
    ]); // prettier-ignore
  });
});

describe(countersOf.name, () => {
  it('leaves out gauges', () => {
    const families = [
      family('c', 'counter', 'sum', {}),
      family('g', 'gauge', 'sum', {}),
      family('h', 'histogram', 'sum', {}),
    ];
    expect(countersOf(families).map(({ metric }) => metric.name)).toEqual(['c', 'h']);
  });
});
