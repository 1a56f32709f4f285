import type { EndKey } from '../usage/usage.ends.js';
import type { LastDay } from './last.day.js';
import type { OverviewEndView, OverviewView } from './overview.dto.js';

type DayView = Pick<
  OverviewView,
  | 'requests_24h'
  | 'requests_before'
  | 'failed_24h'
  | 'cost_24h_micro_usd'
  | 'cost_before_micro_usd'
  | 'unpriced_24h'
  | 'points'
  | 'ends'
>;

const UNKNOWN: DayView = {
  requests_24h: null,
  requests_before: null,
  failed_24h: null,
  cost_24h_micro_usd: null,
  cost_before_micro_usd: null,
  unpriced_24h: null,
  points: [],
  ends: [],
};

/** Without a day, as while events are off, the figures are unknown. */
export function dayView(day: LastDay | undefined): DayView {
  if (!day) return UNKNOWN;
  const { now, before, hours } = day;
  return {
    requests_24h: now.requests,
    requests_before: before.requests,
    failed_24h: now.failed,
    cost_24h_micro_usd: now.cost.rounded,
    cost_before_micro_usd: before.cost.rounded,
    unpriced_24h: now.unpriced,
    points: hours.map(({ at, ends }) => ({ at: new Date(at).toISOString(), values: Object.fromEntries(ends) })),
    ends: failuresOf(day),
  };
}

function failuresOf({ hours }: LastDay): OverviewEndView[] {
  const sums = new Map<EndKey, number>();
  for (const { ends } of hours)
    for (const [end, count] of ends) if (end !== 'ok') sums.set(end, (sums.get(end) ?? 0) + count);
  return [...sums].map(([end, count]) => ({ end, count })).toSorted((a, b) => b.count - a.count);
}
