import type { CSSProperties, ReactElement } from 'react';
import type { Point, Series } from './series';

export interface ValueCardProps {
  point: Point;
  series: readonly Series[];
  total: number;
  format: (value: number) => string;
  style: CSSProperties;
}

const MOST_ROWS = 9;

/** The values of one bar, beside it. Screen readers get them from the chart's live region. */
export function ValueCard({ point, series, total, format, style }: ValueCardProps): ReactElement {
  const rows = series
    .map((one) => ({ ...one, value: point.values[one.key] ?? 0 }))
    .filter(({ value }) => value > 0)
    .toReversed();
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute z-10 top-1 rounded-lg border border-line bg-surface shadow-lift px-3 py-2 text-xs grid gap-1 min-w-44"
      style={style}
    >
      <div className="flex justify-between gap-4 font-[580]">
        <span>{point.label}</span>
        <span className="tabular-nums">{format(total)}</span>
      </div>
      {rows.slice(0, MOST_ROWS).map(({ key, name, color, value }) => (
        <div key={key} className="flex items-center gap-2">
          <span className="size-2 rounded-[2px]" style={{ background: color }} />
          <span className="text-soft flex-1 truncate max-w-40">{name}</span>
          <span className="tabular-nums">{format(value)}</span>
        </div>
      ))}
      {point.before !== undefined && (
        <div className="flex justify-between gap-4 text-soft border-t border-line pt-1">
          <span>period before</span>
          <span className="tabular-nums">{format(point.before)}</span>
        </div>
      )}
    </div>
  );
}
