import type { Family, Metric, Point } from './metric.js';

const keyOf = ({ name, labels }: Point): string => JSON.stringify([name, labels]);

function merged({ across }: Metric, one: number, other: number): number {
  switch (across) {
    case 'sum':
      return one + other;
    case 'max':
      return Math.max(one, other);
    case 'min':
      return Math.min(one, other);
    default:
      return across satisfies never;
  }
}

/** The metrics of several processes as those of one. The order is that of the first process that has a metric. */
export function mergeFamilies(processes: readonly (readonly Family[])[]): Family[] {
  const metrics = new Map<string, { metric: Metric; points: Map<string, Point> }>();
  for (const { metric, points } of processes.flat()) {
    const entry = metrics.get(metric.name) ?? { metric, points: new Map<string, Point>() };
    metrics.set(metric.name, entry);
    for (const point of points) {
      const key = keyOf(point);
      const before = entry.points.get(key);
      entry.points.set(key, before ? { ...point, value: merged(metric, before.value, point.value) } : point);
    }
  }
  return [...metrics.values()].map(({ metric, points }) => ({ metric, points: [...points.values()] }));
}

/** What stays of a process that has ended: a counter that went back would look like a restart of the whole server. */
export const countersOf = (families: readonly Family[]): Family[] =>
  families.filter(({ metric }) => metric.type !== 'gauge');
