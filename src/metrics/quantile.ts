import type { Family } from './metric.js';

/**
 * The value below which a part of all observations lies, 0 to 1, as PromQL estimates it: evenly spread within a bucket, and
 * the last bound for what is above it. Undefined without an observation. The family is a histogram; its series are summed.
 */
export function quantileOf({ metric, points }: Family, part: number): number | undefined {
  const below = new Map<number, number>();
  for (const { name, labels, value } of points) {
    if (name !== `${metric.name}_bucket`) continue;
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    below.set(bound, (below.get(bound) ?? 0) + value);
  }
  const buckets = [...below].toSorted(([a], [b]) => a - b);
  const wanted = part * (buckets.at(-1)?.[1] ?? 0);
  if (wanted === 0) return undefined;
  let [from, before] = [0, 0];
  for (const [bound, count] of buckets) {
    if (bound === Infinity) break;
    if (count >= wanted) return from + ((bound - from) * (wanted - before)) / (count - before);
    [from, before] = [bound, count];
  }
  return from;
}
