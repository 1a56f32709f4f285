import { type ReactElement, useMemo } from 'react';
import type { Overview } from '../api/types';
import { Legend } from '../chart/legend';
import type { Point } from '../chart/series';
import { TimeChart } from '../chart/time.chart';
import { FORMATS } from '../format/formats';
import { count } from '../format/number';
import { Card } from '../ui/card';
import { partsOf, seriesOf } from './ends';

const hourOf = (at: string): string => FORMATS.ymd_hm(new Date(at)).slice(-5);

/** Requests of the last 24 hours by how they ended, and how many run. */
export function EndsCard({ overview: { points: hours, running } }: { overview: Overview }): ReactElement {
  const points = useMemo<Point[]>(
    () => hours.map(({ at, values }) => ({ at, label: hourOf(at), values: partsOf(values) })),
    [hours],
  );
  const series = useMemo(() => seriesOf(points.map(({ values }) => values)), [points]);
  const isEmpty = points.every(({ values }) => Object.keys(values).length === 0);
  return (
    <Card
      title="Requests by how they ended"
      actions={
        <p className="text-xs text-soft flex items-center gap-2">
          <span aria-hidden className={`size-2 rounded-full ${running > 0 ? 'bg-leaf pulse' : 'bg-line'}`} />
          {count(running)} running now
        </p>
      }
    >
      {isEmpty ? (
        <p className="text-soft py-10 text-center">
          {points.length === 0
            ? 'Requests are not known: events are off, or cannot be read now.'
            : 'No request in the last 24 hours.'}
        </p>
      ) : (
        <>
          <TimeChart title="Requests by hour and end" unit="requests" height={220} series={series} points={points} />
          <Legend series={series} />
        </>
      )}
    </Card>
  );
}
