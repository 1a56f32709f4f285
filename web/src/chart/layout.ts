import { scaleBand, scaleLinear } from '@visx/scale';
import type { TimeScale, ValueScale } from './scales';
import { type Point, type Series, totalOf } from './series';

/** Where everything stands, in pixels. */
export interface Layout {
  /** Of the bars. */
  width: number;
  height: number;
  left: number;
  top: number;
  x: TimeScale;
  y: ValueScale;
  /** The values on the left. Nothing is counted in parts. */
  ticks: readonly number[];
}

const PAD = { top: 8, right: 4, bottom: 26 };
/** At the left: at least, for each character of a value, and beside it. */
const LEFT = { least: 40, each: 6.4, beside: 12 };
const TICKS = 4;
const MANY_BARS = 60;

export interface Content {
  points: readonly Point[];
  series: readonly Series[];
  format: (value: number) => string;
}

/** Lays a chart out in a box. */
export function layoutOf({ points, series, format }: Content, box: { width: number; height: number }): Layout {
  const most = Math.max(0, ...points.map((point) => Math.max(totalOf(series, point), point.before ?? 0)));
  const height = box.height - PAD.top - PAD.bottom;
  const y = scaleLinear<number>({ domain: [0, Math.max(1, most)], range: [height, 0], nice: TICKS });
  const ticks = most === 0 ? [0] : y.ticks(TICKS).filter((tick) => Number.isInteger(tick));
  const longest = Math.max(0, ...ticks.map((tick) => format(tick).length));
  const left = Math.max(LEFT.least, Math.ceil(longest * LEFT.each) + LEFT.beside);
  const width = Math.max(0, box.width - left - PAD.right);
  const x = scaleBand({
    domain: points.map(({ at }) => at),
    range: [0, width],
    paddingInner: points.length > MANY_BARS ? 0.12 : 0.28,
    paddingOuter: 0.1,
  });
  return { width, height, left, top: PAD.top, x, y, ticks };
}
