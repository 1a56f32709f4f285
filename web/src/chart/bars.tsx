import type { ReactElement } from 'react';
import { BarStack, LinePath } from '@visx/shape';
import type { TimeScale, ValueScale } from './scales';
import { type Point, REST_COLOR, type Series } from './series';

export interface BarsProps {
  points: readonly Point[];
  series: readonly Series[];
  x: TimeScale;
  y: ValueScale;
}

type Datum = { at: string } & Record<string, number | string>;

/** Stacked bars, and the period before as a dashed line. */
export function Bars({ points, series, x, y }: BarsProps): ReactElement {
  const colorOf = (key: unknown): string => series.find((one) => one.key === key)?.color ?? REST_COLOR;
  return (
    <>
      <BarStack
        data={points.map(({ at, values }): Datum => ({ ...values, at }))}
        keys={series.map(({ key }) => key)}
        x={({ at }) => at}
        xScale={x}
        yScale={y}
        color={colorOf}
        value={(datum, key) => Number(datum[key] ?? 0)}
      >
        {(stacks) =>
          stacks.map(({ index, bars }) =>
            bars.map(
              (bar) =>
                bar.height > 0.2 && (
                  <rect
                    key={`${index}-${bar.index}`}
                    x={bar.x}
                    y={bar.y}
                    width={bar.width}
                    height={Math.max(0, bar.height - (bar.height > 3 ? 1 : 0))}
                    fill={bar.color}
                    rx={Math.min(2, bar.width / 4)}
                  />
                ),
            ),
          )
        }
      </BarStack>
      {points.some(({ before }) => before !== undefined) && (
        <LinePath
          data={[...points]}
          x={({ at }) => (x(at) ?? 0) + x.bandwidth() / 2}
          y={({ before = 0 }) => y(before)}
          stroke="var(--ink-faint)"
          strokeWidth={1.5}
          strokeDasharray="4 4"
          fill="none"
        />
      )}
    </>
  );
}
