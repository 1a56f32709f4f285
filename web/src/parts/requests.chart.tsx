import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, body } from '../api/client';
import type { Usage } from '../api/types';
import { Legend } from '../chart/legend';
import type { Point, Series } from '../chart/series';
import { count } from '../format/number';
import { Card } from '../ui/card';
import { Fault } from '../ui/state';
import type { Scope } from './scope';

const TimeChart = lazy(async () => ({ default: (await import('../chart/time.chart')).TimeChart }));

export type RequestsChartProps = Scope & {
  /** Up to seven by the hour, above by the day. */
  days: number;
};

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MOST_HOURLY = 7;
const HEIGHT = 180;
/** More than there are. */
const MOST_ENDS = 20;

const SERIES: readonly Series[] = [
  { key: 'answered', name: 'Answered', color: 'var(--s1)' },
  { key: 'failed', name: 'Failed or refused', color: 'var(--s4)' },
];
const LABELS: Record<'hour' | 'day', Intl.DateTimeFormatOptions> = {
  hour: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { month: 'short', day: 'numeric' },
};

/** The requests of each hour or day of the viewer's zone, by how they ended. */
function useCounts({ tokenId, projectId, days }: RequestsChartProps) {
  const [now] = useState(() => Date.now());
  const interval = days <= MOST_HOURLY ? ('hour' as const) : ('day' as const);
  const query = {
    ...(tokenId === undefined ? { project_id: projectId } : { token_id: tokenId }),
    from: new Date(Math.floor(now / HOUR_MS) * HOUR_MS - days * DAY_MS).toISOString(),
    tz: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    interval,
    group_by: 'end',
    metric: 'requests',
    top: MOST_ENDS,
  } as const;
  return useQuery({
    queryKey: ['/manage/usage', query],
    // CSV is the other form of the answer, and not asked for.
    queryFn: async ({ signal }) => body(await api.GET('/manage/usage', { params: { query }, signal })) as Usage,
  });
}

/** Each bar cut into what was answered and what was not. */
function pointsOf(usage: Usage, interval: 'hour' | 'day'): Point[] {
  const format = new Intl.DateTimeFormat('en-US', LABELS[interval]);
  return usage.points.map(({ at, values }) => {
    const answered = values['ok'] ?? 0;
    const all = Object.values(values).reduce((sum, value) => sum + value, 0);
    return { at, label: format.format(new Date(at)), values: { answered, failed: all - answered } };
  });
}

/** Requests of a token or a project over the last days, answered and not. */
export function RequestsChart(props: RequestsChartProps): ReactElement {
  const { days, tokenId, projectId } = props;
  const interval = days <= MOST_HOURLY ? 'hour' : 'day';
  const all = useCounts(props);
  const points = useMemo(() => (all.data === undefined ? [] : pointsOf(all.data, interval)), [all.data, interval]);
  const totals = all.data?.totals;
  return (
    <Card
      title={`Requests, last ${days} days`}
      actions={
        <Link
          to="/requests"
          search={tokenId === undefined ? { project_id: projectId } : { token_id: tokenId }}
          className="text-[0.8125rem] text-leaf hover:underline"
        >
          Its requests
        </Link>
      }
    >
      {all.isError && <Fault fault={all.error} retry={() => void all.refetch()} />}
      {totals?.requests === 0 && <p className="text-soft">None in the last {days} days.</p>}
      {totals !== undefined && totals.requests > 0 && (
        <>
          <p className="text-soft mb-2">
            {count(totals.requests)}, {count(totals.failed)} of them failed or were refused. By {interval}.
          </p>
          <Suspense fallback={<div style={{ height: HEIGHT }} />}>
            <TimeChart
              title={`Requests by ${interval}`}
              unit="requests"
              series={SERIES}
              points={points}
              height={HEIGHT}
            />
          </Suspense>
          <Legend series={SERIES} />
        </>
      )}
    </Card>
  );
}
