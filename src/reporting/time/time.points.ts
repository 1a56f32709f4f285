import type { Stretch, TimeZone } from './time.zone.js';

export const INTERVALS = ['hour', 'day', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Counts up with local time: an instant with a higher number belongs to a later day or month. */
const NUMBER: Record<'day' | 'month', (local: number) => number> = {
  day: (local) => Math.floor(local / DAY),
  month: (local) => {
    const date = new Date(local);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  },
};

/**
 * The starts of the points from `from` to `to`, in order; the first is `from`. A point ends where the next one starts. An
 * hour also starts where the local clock is set, so that an hour that the clock shows twice is two points.
 */
export function startsOfPoints(zone: TimeZone, from: number, to: number, interval: Interval): number[] {
  const stretches = zone.stretches(from, to);
  const starts = interval === 'hour' ? hours(stretches) : longer(stretches, NUMBER[interval]);
  return [from, ...starts.filter((start) => start > from && start < to)];
}

const hours = (stretches: readonly Stretch[]): number[] =>
  stretches.flatMap((stretch) => [...new Set([stretch.start, ...multiples(stretch, HOUR)])]);

/** Starts of days or months. Days never go back, not even where the clock is set back over midnight. */
function longer(stretches: readonly Stretch[], numberOf: (local: number) => number): number[] {
  const starts: number[] = [];
  let last = -Infinity;
  for (const stretch of stretches)
    for (const start of [stretch.start, ...multiples(stretch, DAY)]) {
      const number = numberOf(start + stretch.offset);
      if (number <= last) continue;
      last = number;
      starts.push(start);
    }
  return starts;
}

/** The instants of a stretch at which local time is a multiple of `step`. */
function multiples({ start, end, offset }: Stretch, step: number): number[] {
  const found: number[] = [];
  const first = Math.ceil((start + offset) / step) * step - offset;
  for (let at = first; at < end; at += step) found.push(at);
  return found;
}

/** The number of the point that an instant belongs to. */
export function pointAt(starts: readonly number[], instant: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= instant) low = middle;
    else high = middle;
  }
  return low;
}

/** The longest step, up to a day, that ends at every start but the first. The first point may begin within one. */
export function stepOf(starts: readonly number[]): { readonly at: number; readonly ms: number } {
  const [from, at = from!, ...later] = starts;
  return { at, ms: later.reduce((step, start) => divisor(step, start - at), DAY) };
}

/** The greatest common one. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
