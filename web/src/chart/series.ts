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

/** The key of everything that is not among the largest, as the server names it. */
const REST = 'other';

/**
 * The colours of these keys. A key keeps the colour that it had; new ones take those that are free, and when none is, one of a
 * key that is no longer shown.
 */
export function colorsOf(before: ReadonlyMap<string, string>, keys: readonly string[]): ReadonlyMap<string, string> {
  const shown = keys.filter((key) => key !== REST);
  const kept = new Map([...before].filter(([key]) => shown.includes(key)));
  const colors = new Map(before);
  for (const key of shown) {
    if (kept.has(key)) continue;
    const free = (taken: Iterable<string>): string | undefined => {
      const all = new Set(taken);
      return SERIES_COLORS.slice(0, -1).find((color) => !all.has(color));
    };
    const color = free(colors.values()) ?? free(kept.values()) ?? REST_COLOR;
    kept.set(key, color);
    for (const [other, its] of colors) if (its === color) colors.delete(other);
    colors.set(key, color);
  }
  return colors.set(REST, REST_COLOR);
}

/** The colours of one view: a series keeps its own while the view lives, and while it is of the same groups. */
export class Palette {
  private group = '';
  private colors: ReadonlyMap<string, string> = new Map();

  /** `group` is what the keys name. The same question has the same answer. */
  of(group: string, keys: readonly string[]): ReadonlyMap<string, string> {
    this.colors = colorsOf(this.group === group ? this.colors : new Map(), keys);
    this.group = group;
    return this.colors;
  }
}
