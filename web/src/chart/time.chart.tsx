import { type CSSProperties, type ReactElement, useId, useMemo } from 'react';
import { compact } from '../format/number';
import { Axes } from './axes';
import { Bars } from './bars';
import { type Marked, useChosenPoint } from './chosen.point';
import { type Content, type Layout, layoutOf } from './layout';
import { type Point, type Series, totalOf } from './series';
import { useWidth } from './use.width';
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

/** The values in a sentence, as a screen reader hears them. */
function spoken(point: Point, total: number, unit: string, format: (value: number) => string): string {
  const before = point.before === undefined ? '' : `, before ${format(point.before)}`;
  return `${point.label}: ${format(total)} ${unit}${before}`;
}

interface PlotProps extends Content {
  layout: Layout;
  marked: Marked | undefined;
  at: number | null;
}

/** Lines, what is marked, what is read, and the bars over them. */
function Plot({ layout, points, series, format, marked, at }: PlotProps): ReactElement {
  const { x, y, ticks, width, height } = layout;
  const leftOf = (index: number): number => (x(points[index]?.at ?? '') ?? 0) - 2;
  return (
    <g transform={`translate(${layout.left},${layout.top})`}>
      {ticks.map((tick) => (
        <line key={tick} x1={0} x2={width} y1={y(tick)} y2={y(tick)} stroke="var(--line)" />
      ))}
      {marked && (
        <rect
          x={leftOf(marked[0])}
          width={leftOf(marked[1]) - leftOf(marked[0]) + x.bandwidth() + 4}
          height={height}
          fill="var(--leaf-wash)"
        />
      )}
      {at !== null && <rect x={leftOf(at)} width={x.bandwidth() + 4} height={height} fill="var(--hover)" />}
      <Bars points={points} series={series} x={x} y={y} />
      <Axes points={points} layout={layout} format={format} />
    </g>
  );
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
  const [parent, width] = useWidth();
  const hint = useId();
  const layout = useMemo(
    () => layoutOf({ points, series, format }, { width, height }),
    [points, series, format, width, height],
  );
  const { at, marked, ...events } = useChosenPoint({
    length: points.length,
    left: layout.left,
    width: layout.width,
    onMark,
  });
  const point = at === null ? undefined : points[at];
  const left = point ? (layout.x(point.at) ?? 0) : 0;
  const total = point ? totalOf(series, point) : 0;
  const beside: CSSProperties =
    left > layout.width / 2
      ? { right: width - layout.left - left + 8 }
      : { left: layout.left + left + layout.x.bandwidth() + 8 };
  return (
    <div ref={parent} className="relative" style={{ height }}>
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
          <Plot layout={layout} points={points} series={series} format={format} marked={marked} at={at} />
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
