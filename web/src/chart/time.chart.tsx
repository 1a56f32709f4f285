import { type CSSProperties, type ReactElement, useId, useMemo } from 'react';
import { useParentSize } from '@visx/responsive';
import { scaleBand, scaleLinear } from '@visx/scale';
import { compact } from '../format/number';
import { Axes } from './axes';
import { Bars } from './bars';
import { type Marked, useChosenPoint } from './chosen.point';
import type { TimeScale } from './scales';
import { type Point, type Series, totalOf } from './series';
import { ValueCard } from './value.card';

export interface TimeChartProps {
  /** What it shows, for screen readers. */
  title: string;
  series: readonly Series[];
  points: readonly Point[];
  /** Pixels. */
  height?: number;
  /** What a value counts: "requests". Empty where the format says it. */
  unit: string;
  format?: (value: number) => string;
  /** Bars can be marked, by dragging or with Shift and the arrow keys, then Enter. Called with the first and the last one. */
  onMark?: ((first: number, last: number) => void) | undefined;
}

const PAD = { top: 8, right: 4, bottom: 26, left: 54 };
const MANY_BARS = 60;

function useScales(series: readonly Series[], points: readonly Point[], width: number, height: number) {
  return useMemo(() => {
    const most = Math.max(1, ...points.map((point) => Math.max(totalOf(series, point), point.before ?? 0)));
    return {
      x: scaleBand({
        domain: points.map(({ at }) => at),
        range: [0, width],
        paddingInner: points.length > MANY_BARS ? 0.12 : 0.28,
        paddingOuter: 0.1,
      }),
      y: scaleLinear({ domain: [0, most], range: [height, 0], nice: 4 }),
    };
  }, [series, points, width, height]);
}

/** The values in a sentence, as a screen reader hears them. */
function spoken(point: Point, total: number, unit: string, format: (value: number) => string): string {
  const before = point.before === undefined ? '' : `, before ${format(point.before)}`;
  return `${point.label}: ${format(total)} ${unit}${before}`;
}

/** What is marked: pale, from the first bar to the end of the last. */
function Mark({
  marked,
  points,
  x,
  height,
}: {
  marked: Marked;
  points: readonly Point[];
  x: TimeScale;
  height: number;
}) {
  const [first, last] = marked.map((index) => x(points[index]?.at ?? '') ?? 0) as [number, number];
  return <rect x={first - 2} width={last - first + x.bandwidth() + 4} y={0} height={height} fill="var(--leaf-wash)" />;
}

/** Stacked bars over time, read with the pointer or the arrow keys. */
export function TimeChart({
  series,
  points,
  height = 260,
  unit,
  format = compact,
  title,
  onMark,
}: TimeChartProps): ReactElement {
  const { parentRef, width } = useParentSize({ debounceTime: 50 });
  const hint = useId();
  const inner = { width: Math.max(0, width - PAD.left - PAD.right), height: height - PAD.top - PAD.bottom };
  const { x, y } = useScales(series, points, inner.width, inner.height);
  const { at, marked, ...events } = useChosenPoint({
    length: points.length,
    left: PAD.left,
    width: inner.width,
    onMark,
  });
  const point = at === null ? undefined : points[at];
  const left = point ? (x(point.at) ?? 0) : 0;
  const total = point ? totalOf(series, point) : 0;
  const beside: CSSProperties =
    left > inner.width / 2 ? { right: width - PAD.left - left + 8 } : { left: PAD.left + left + x.bandwidth() + 8 };
  return (
    <div ref={parentRef} className="relative" style={{ height }}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="application"
          aria-roledescription="chart"
          aria-label={`${title}. Arrow keys read the values.${onMark ? ' Shift and arrow keys mark a period, Enter shows it.' : ''}`}
          aria-describedby={hint}
          // The arrow keys need the focus.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          {...events}
          className={`block max-w-full outline-offset-4 rounded ${onMark ? 'touch-pan-y cursor-crosshair' : ''}`}
        >
          <g transform={`translate(${PAD.left},${PAD.top})`}>
            {y.ticks(4).map((tick) => (
              <line key={tick} x1={0} x2={inner.width} y1={y(tick)} y2={y(tick)} stroke="var(--line)" />
            ))}
            {marked && <Mark marked={marked} points={points} x={x} height={inner.height} />}
            {point && <rect x={left - 2} width={x.bandwidth() + 4} y={0} height={inner.height} fill="var(--hover)" />}
            <Bars points={points} series={series} x={x} y={y} />
            <Axes points={points} x={x} y={y} {...inner} format={format} />
          </g>
        </svg>
      )}
      <p id={hint} aria-live="polite" className="sr-only">
        {point && spoken(point, total, unit, format)}
        {marked && `, marked from ${points[marked[0]]?.label ?? ''} to ${points[marked[1]]?.label ?? ''}`}
      </p>
      {point && <ValueCard point={point} series={series} total={total} format={format} style={beside} />}
    </div>
  );
}
