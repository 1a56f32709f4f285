import type { ReactElement } from 'react';
import { AxisBottom, AxisLeft } from '@visx/axis';
import type { Layout } from './layout';
import type { Point } from './series';

export interface AxesProps {
  points: readonly Point[];
  layout: Layout;
  format: (value: number) => string;
}

const LABEL_WIDTH = 78;
const TEXT = { fill: 'var(--ink-faint)', fontSize: 11, fontFamily: 'inherit' } as const;

/** How the label of a day's first hour ends. */
const MIDNIGHT = ', 00:00';

/** As many times as fit: of hours over days, the beginnings of the days. */
function timesOf(points: readonly Point[], width: number): Map<string, string> {
  const days = points.filter(({ label }) => label.endsWith(MIDNIGHT));
  const shown = days.length > 1 ? days : points;
  const every = Math.max(1, Math.ceil(shown.length / Math.max(2, Math.floor(width / LABEL_WIDTH))));
  return new Map(
    shown.filter((_, index) => index % every === 0).map(({ at, label }) => [at, label.replace(MIDNIGHT, '')]),
  );
}

/** About four values on the left; the times below. */
export function Axes({ points, layout: { x, y, ticks, width, height }, format }: AxesProps): ReactElement {
  const times = timesOf(points, width);
  return (
    <>
      <AxisLeft
        scale={y}
        tickValues={[...ticks]}
        hideAxisLine
        hideTicks
        tickFormat={(value) => format(Number(value))}
        tickLabelProps={{ ...TEXT, dx: -4, dy: 4, textAnchor: 'end' }}
      />
      <AxisBottom
        top={height}
        scale={x}
        stroke="var(--line)"
        hideTicks
        tickValues={[...times.keys()]}
        tickFormat={(at) => times.get(at) ?? ''}
        tickLabelProps={{ ...TEXT, textAnchor: 'middle' }}
      />
    </>
  );
}
