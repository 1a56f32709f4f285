import { describe, expect, it } from 'vitest';
import { exposition } from './exposition.js';
import type { Family } from './metric.js';

const family = (type: 'counter' | 'gauge' | 'histogram', points: Family['points']): Family => ({
  metric: { name: 'x_total', type, help: 'A \\ and "a"\nline.', labels: ['a'], across: 'sum' },
  points,
});

describe(exposition.name, () => {
  it('escapes what has a meaning', () => {
    const points = [{ name: 'x_total', labels: { a: '\\ " \n' }, value: 1 }];
    expect(exposition([family('counter', points)], 'prometheus')).toBe(
      '# HELP x_total A \\\\ and "a"\\nline.\n# TYPE x_total counter\nx_total{a="\\\\ \\" \\n"} 1\n',
    );
  });

  it('names a counter without _total in OpenMetrics, and ends with EOF', () => {
    const points = [{ name: 'x_total', labels: {}, value: 1.5 }];
    expect(exposition([family('counter', points)], 'openmetrics')).toBe(
      '# HELP x A \\\\ and \\"a\\"\\nline.\n# TYPE x counter\nx_total 1.5\n# EOF\n',
    );
  });

  it('writes bounds as floats in OpenMetrics alone', () => {
    const points = ['1', '0.5', '+Inf'].map((le) => ({ name: 'x_total_bucket', labels: { le }, value: 1 }));
    const bounds = (text: string) => [...text.matchAll(/le="([^"]+)"/g)].map(([, bound]) => bound);
    expect(bounds(exposition([family('histogram', points)], 'openmetrics'))).toEqual(['1.0', '0.5', '+Inf']);
    expect(bounds(exposition([family('histogram', points)], 'prometheus'))).toEqual(['1', '0.5', '+Inf']);
  });

  it.each([
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [1e21, '1e+21'],
  ])('writes %d as %s', (value, text) => {
    const points = [{ name: 'x_total', labels: {}, value }];
    expect(exposition([family('gauge', points)], 'prometheus')).toContain(`x_total ${text}\n`);
  });

  it('leaves out a metric without values', () => {
    expect(exposition([family('gauge', [])], 'prometheus')).toBe('');
  });
});
