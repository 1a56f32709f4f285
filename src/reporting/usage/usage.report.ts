import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/values/actor.js';
import { Clock } from '../../common/values/clock.js';
import { EventReader, type UsageFilter, type UsageRow } from '../../events/event/event.queries.js';
import { Names } from '../names/names.js';
import { scopeOf } from '../names/project.scope.js';
import { stepOf } from '../time/time.points.js';
import { PriceDate } from './price.date.js';
import { type UsagePointView, type UsageView, sumsView } from './usage.dto.js';
import { END_KEYS, END_NAMES, rowsByEnd } from './usage.ends.js';
import { fold, type Folded, type Metric, NOTHING, OTHER, type Priced, type Series, valueOf } from './usage.fold.js';
import { type Period, periodBefore, periodOf } from './usage.period.js';
import type { GroupBy, UsageQuery } from './usage.query.js';

/** The column of the roll-ups of each group. */
const COLUMN = { project: 'projectId', token: 'tokenId', model: 'model', route: 'route', tier: 'tier' } as const;
/** What `Sums` add up. */
const SUMMED = [
  ...(['requests', 'errors', 'unknown', 'unpriced', 'estimated', 'cost', 'estimatedCost'] as const),
  ...(['input', 'cached', 'output', 'reasoning', 'estimatedInput', 'estimatedOutput'] as const),
];
/** The key of the one series without groups. */
const ALL = 'all';
/** The key of requests that have no project, token, model or tier. */
const NONE = 'none';
const FIXED_NAMES: Record<string, string> = { [ALL]: 'All requests', [OTHER]: 'Everything else' };
const DEFAULT_TOP = 7;
/** All ends, and what is not known by end. */
const TOP_OF_ENDS = END_KEYS.length + 1;

/** What JSON and CSV are made of. */
export interface Report {
  readonly period: Period;
  readonly metric: Metric;
  readonly series: readonly (Series & { readonly name: string })[];
  readonly totals: Priced;
  /** The one series of the period before, if it has requests. */
  readonly before?: Folded;
}

/** Makes the usage report. */
@Injectable()
export class UsageReports {
  constructor(
    private readonly events: EventReader,
    private readonly names: Names,
    private readonly clock: Clock,
    private readonly prices: PriceDate,
  ) {}

  /** Throws `validation_failed`, `observability_disabled`, `store_unavailable`. */
  async report(actor: Actor, query: UsageQuery): Promise<Report> {
    const period = periodOf(query, this.clock.now());
    const { group_by: group = 'none', metric = 'cost', top = group === 'end' ? TOP_OF_ENDS : DEFAULT_TOP } = query;
    const column = group === 'none' || group === 'end' ? undefined : COLUMN[group];
    const rows = await this.events.usage(filterOf(actor, query, period, column));
    const plan = { starts: period.starts, metric, top };
    const { series, totals } =
      group === 'end'
        ? await fold(rows.flatMap(rowsByEnd), { ...plan, keyOf: ({ endKey }) => endKey })
        : await fold(rows, { ...plan, keyOf: (row: UsageRow) => (column ? row[column] || NONE : ALL) });
    const names = await this.namesOf(group, series);
    const before = query.compare === 'previous' ? await this.before(actor, query, period, metric) : undefined;
    return {
      period,
      metric,
      series: series.map((one) => ({ ...one, name: names.get(one.key) ?? FIXED_NAMES[one.key] ?? one.key })),
      totals,
      ...(before ? { before } : {}),
    };
  }

  view({ period, metric, series, totals, before }: Report): UsageView {
    const { sums } = totals;
    return {
      from: instant(period.from),
      to: instant(period.to),
      tz: period.zone.name,
      interval: period.interval,
      series: series.map(({ key, name }) => ({ key, name })),
      points: pointsOf(period, series, metric, before),
      rows: series.map(({ key, name, ...sumsOf }) => ({ key, name, ...sumsView(sumsOf) })),
      totals: sumsView(totals),
      ...(before ? { before: sumsView(before.totals) } : {}),
      estimated_requests: sums.estimated,
      unpriced_requests: sums.unpriced,
      prices_as_of: this.prices.asOf,
    };
  }

  private async before(actor: Actor, query: UsageQuery, period: Period, metric: Metric): Promise<Folded> {
    const { from, to, starts } = periodBefore(period);
    const rows = await this.events.usage(filterOf(actor, query, { from, to, starts }, undefined));
    // A point too many, of an hour that the clock showed twice, belongs to the last one.
    const first = starts.slice(0, period.starts.length);
    return fold(rows, { starts: first, keyOf: () => ALL, metric, top: 1 });
  }

  private async namesOf(group: GroupBy, series: readonly Series[]): Promise<ReadonlyMap<string, string>> {
    const ids = series.map(({ key }) => key).filter((key) => key !== OTHER && key !== NONE);
    if (group === 'end') return new Map(Object.entries(END_NAMES));
    const names = new Map([[NONE, `No ${group}`]]);
    if (group !== 'project' && group !== 'token') return names;
    return new Map([...names, ...(await (group === 'project' ? this.names.projects(ids) : this.names.tokens(ids)))]);
  }
}

const instant = (at: number): string => new Date(at).toISOString();

function filterOf(
  actor: Actor,
  { project_id, token_id, model, group_by: group }: UsageQuery,
  { from, to, starts }: Pick<Period, 'from' | 'to' | 'starts'>,
  column: (typeof COLUMN)[keyof typeof COLUMN] | undefined,
): UsageFilter {
  return {
    from,
    to,
    ...scopeOf(actor, project_id?.toLowerCase()),
    ...(token_id === undefined ? {} : { tokenId: token_id.toLowerCase() }),
    ...(model === undefined ? {} : { model }),
    groupBy: column ? ['quarter', column] : ['quarter'],
    step: stepOf(starts),
    only: group === 'end' ? [...SUMMED, 'ends'] : SUMMED,
  };
}

function pointsOf(
  { starts }: Period,
  series: readonly Series[],
  metric: Metric,
  before: Folded | undefined,
): UsagePointView[] {
  const past = before?.series[0];
  return starts.map((start, i) => {
    const entries = series.flatMap(({ key, points }) => {
      const priced = points.get(i);
      return priced ? [[key, valueOf(metric, priced)] as const] : [];
    });
    const values = Object.fromEntries(entries);
    return {
      at: instant(start),
      values,
      ...(before ? { before: valueOf(metric, past?.points.get(i) ?? NOTHING) } : {}),
    };
  });
}
