import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UsageRow } from '../../events/event/event.queries.js';
import { pointAt } from '../time/time.points.js';
import { type Money, shares, Sums } from './usage.sums.js';

export const METRICS = ['requests', 'failed', 'tokens', 'input_tokens', 'output_tokens', 'cost'] as const;
export type Metric = (typeof METRICS)[number];

/** The key of the series that has everything beyond the largest ones. A group with this name belongs to it. */
export const OTHER = 'other';

/** Sums, and their money in whole micro-dollars. */
export interface Priced {
  readonly sums: Sums;
  readonly costMicroUsd: number;
  readonly estimatedCostMicroUsd: number;
}

export const NOTHING: Priced = { sums: new Sums(), costMicroUsd: 0, estimatedCostMicroUsd: 0 };

/** The requests of one group. The sums of its points are its own, the rounded money too. */
export interface Series extends Priced {
  readonly key: string;
  /** By the number of the point; points without requests are absent. */
  readonly points: ReadonlyMap<number, Priced>;
}

export interface Folded {
  /** The largest first; `other` is the last. */
  readonly series: readonly Series[];
  readonly totals: Priced;
}

/** The event loop serves other requests after so many rows. */
const ROWS_A_TURN = 5000;

/** The value of a metric; cost in micro-dollars. */
export function valueOf(metric: Metric, { sums, costMicroUsd }: Priced): number {
  if (metric === 'cost') return costMicroUsd;
  if (metric === 'tokens') return sums.input + sums.output;
  if (metric === 'input_tokens') return sums.input;
  if (metric === 'output_tokens') return sums.output;
  return sums[metric];
}

/** Sums of one group while rows are read. */
class Group {
  readonly whole = new Sums();
  readonly points = new Map<number, Sums>();

  constructor(readonly key: string) {}

  addRow(row: UsageRow, point: number): void {
    this.whole.addRow(row);
    this.at(point).addRow(row);
  }

  absorb(group: Group): void {
    this.whole.add(group.whole);
    for (const [point, sums] of group.points) this.at(point).add(sums);
  }

  private at(point: number): Sums {
    const known = this.points.get(point) ?? new Sums();
    this.points.set(point, known);
    return known;
  }
}

export interface FoldPlan<R extends UsageRow> {
  /** The starts of the points, in order. */
  readonly starts: readonly number[];
  readonly keyOf: (row: R) => string;
  /** What the largest series have most of. */
  readonly metric: Metric;
  /** Number of series beside `other`. */
  readonly top: number;
}

/** Sums rows by group and point. Every row is in exactly one of each. */
export async function fold<R extends UsageRow>(
  rows: readonly R[],
  { starts, keyOf, metric, top }: FoldPlan<R>,
): Promise<Folded> {
  const groups = new Map<string, Group>();
  for (const [i, row] of rows.entries()) {
    if (i % ROWS_A_TURN === ROWS_A_TURN - 1) await nextTurn();
    const key = keyOf(row);
    const group = groups.get(key) ?? new Group(key);
    groups.set(key, group);
    group.addRow(row, pointAt(starts, row.quarter));
  }
  return price(largest([...groups.values()], metric, top));
}

function largest(groups: readonly Group[], metric: Metric, top: number): Group[] {
  const sizeOf = ({ whole }: Group): number =>
    metric === 'cost' ? whole.cost.micro + whole.cost.nano / 1000 : valueOf(metric, unrounded(whole));
  const named = groups
    .filter(({ key }) => key !== OTHER)
    .map((group) => ({ group, size: sizeOf(group) }))
    .toSorted((a, b) => b.size - a.size || (a.group.key < b.group.key ? -1 : 1))
    .map(({ group }) => group);
  const rest = [...named.slice(top), ...groups.filter(({ key }) => key === OTHER)];
  if (rest.length === 0) return named;
  const other = new Group(OTHER);
  for (const group of rest) other.absorb(group);
  return [...named.slice(0, top), other];
}

/** Rounds the money from the top down: of the total, of the groups within it, and of the points within each group. */
function price(groups: readonly Group[]): Folded {
  const sums = new Sums();
  for (const { whole } of groups) sums.add(whole);
  const totals = unrounded(sums);
  const wholes = split(
    groups.map(({ whole }) => whole),
    totals,
  );
  const series = groups.map(({ key, points }, i) => {
    const ofPoints = split([...points.values()], wholes[i]!);
    return { key, ...wholes[i]!, points: new Map([...points.keys()].map((point, j) => [point, ofPoints[j]!])) };
  });
  return { series, totals };
}

const unrounded = (sums: Sums): Priced => ({
  sums,
  costMicroUsd: sums.cost.rounded,
  estimatedCostMicroUsd: sums.estimatedCost.rounded,
});

/** Parts whose money adds up to that of the whole. */
function split(parts: readonly Sums[], whole: Priced): Priced[] {
  const of = (money: (sums: Sums) => Money, total: number): number[] => shares(parts.map(money), total);
  const costs = of(({ cost }) => cost, whole.costMicroUsd);
  const estimated = of(({ estimatedCost }) => estimatedCost, whole.estimatedCostMicroUsd);
  return parts.map((sums, i) => ({ sums, costMicroUsd: costs[i]!, estimatedCostMicroUsd: estimated[i]! }));
}
