/** One part of a stack. */
export interface Series {
  key: string;
  name: string;
  /** A CSS colour, of `SERIES_COLORS`. */
  color: string;
}

/** One bar. */
export interface Point {
  /** RFC 3339. */
  at: string;
  /** What stands below it and in its values. */
  label: string;
  values: Record<string, number>;
  /** The same time of the period before. */
  before?: number;
}

/** Seven for the largest, then one for everything else. */
export const SERIES_COLORS = [
  'var(--s1)',
  'var(--s2)',
  'var(--s3)',
  'var(--s4)',
  'var(--s5)',
  'var(--s6)',
  'var(--s7)',
  'var(--s8)',
] as const;

export const REST_COLOR = SERIES_COLORS[7];

/** The sum of a bar. */
export const totalOf = (series: readonly Series[], point: Point): number =>
  series.reduce((sum, { key }) => sum + (point.values[key] ?? 0), 0);
