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

/** About four values on the left; as many times below as fit. */
export function Axes({ points, layout: { x, y, ticks, width, height }, format }: AxesProps): ReactElement {
  const every = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor(width / LABEL_WIDTH))));
  const labels = new Map(points.map(({ at, label }) => [at, label]));
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
        tickValues={points.filter((_, index) => index % every === 0).map(({ at }) => at)}
        tickFormat={(at) => labels.get(at) ?? ''}
        tickLabelProps={{ ...TEXT, textAnchor: 'middle' }}
      />
    </>
  );
}
