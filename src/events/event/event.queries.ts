import type { RouteName } from '../../openai/route.name.js';
import type { FigureName } from '../../openai/usage/usage.record.js';
import type { FailureEnd } from './failure.ends.js';
import type { ProxyEvent } from './proxy.event.js';

/** Filters of kept requests. Times are milliseconds since the epoch. */
export interface RequestFilter {
  readonly projectId?: string;
  /** Only of one of these; an empty list has no requests. */
  readonly projectIds?: readonly string[];
  readonly tokenId?: string;
  readonly model?: string;
  /** 2 for 2xx. */
  readonly statusClass?: number;
  readonly end?: string;
  /** A prefix. */
  readonly path?: string;
  readonly replica?: string;
  readonly slowerThanMs?: number;
  readonly from?: number;
  readonly to?: number;
  /** Ours or the upstream's. */
  readonly requestId?: string;
}

/** The place of an event among all kept ones: opaque to clients, ordered by age. */
export type EventCursor = string;

export interface KeptEvent {
  readonly cursor: EventCursor;
  readonly event: ProxyEvent;
}

/** Sums of one quarter hour, or of several. */
export interface UsageSums {
  readonly requests: number;
  readonly errors: number;
  /** Of the errors, those that a response of the upstream did not cause. Absent ends have none. */
  readonly ends: Readonly<Partial<Record<FailureEnd, number>>>;
  /** Requests whose usage is not known. */
  readonly unknown: number;
  readonly unpriced: number;
  /** Requests whose figures are estimated; their figures are summed apart. */
  readonly estimated: number;
  readonly costNanoUsd: number;
  readonly estimatedCostNanoUsd: number;
  readonly figures: Readonly<Partial<Record<FigureName, number>>>;
  readonly estimatedInput: number;
  readonly estimatedOutput: number;
}

/** Sums that can be asked for alone. */
export type UsageSumName =
  | Exclude<keyof UsageSums, 'figures' | 'costNanoUsd' | 'estimatedCostNanoUsd'>
  | FigureName
  | 'cost'
  | 'estimatedCost';

export interface UsageRow extends UsageSums {
  /** The start of the quarter hour in UTC, in milliseconds since the epoch. */
  readonly quarter: number;
  readonly projectId: string;
  readonly tokenId: string;
  /** A name of the price list, or `other`. */
  readonly model: string;
  readonly route: RouteName;
  readonly tier: string;
}

export interface UsageStep {
  readonly ms: number;
  /** The start of any step. */
  readonly at: number;
}

export interface UsageFilter {
  readonly from: number;
  readonly to: number;
  readonly projectId?: string;
  /** Only of one of these; an empty list has no requests. */
  readonly projectIds?: readonly string[];
  readonly tokenId?: string;
  readonly model?: string;
  /** The columns that stay apart; all others are summed. `quarter` is among them when points are wanted. */
  readonly groupBy: readonly ('quarter' | 'projectId' | 'tokenId' | 'model' | 'route' | 'tier')[];
  /**
   * Where `groupBy` has `quarter`: one row for so many milliseconds, counted from an instant, and `quarter` is their start,
   * which may lie before `from`.
   */
  readonly step?: UsageStep;
  /** Only these sums; all others are 0 or absent. To sum columns that nobody reads costs most of the time. */
  readonly only?: readonly UsageSumName[];
}

/** Reads what the events worker has stored. Every call is answered by the worker: the event loop of requests does no work for it. */
export abstract class EventReader {
  /** The newest first, older than `before`. The scan is bounded: `next` is set when there may be more. */
  abstract requests(
    filter: RequestFilter,
    page: { readonly before?: EventCursor; readonly limit: number },
  ): Promise<{ readonly events: readonly KeptEvent[]; readonly next?: EventCursor }>;
  /** With its captured bodies, as long as they are kept. Undefined for an event that is not kept. Takes the id of an event or ours of a request. */
  abstract request(id: string): Promise<ProxyEvent | undefined>;
  /** Events after `since`, the oldest first, at most `limit`, and how many more there were. Without `since` from now on. */
  abstract after(
    since: EventCursor | undefined,
    filter: RequestFilter,
    limit: number,
  ): Promise<{ readonly events: readonly KeptEvent[]; readonly last: EventCursor; readonly skipped: number }>;
  /** Columns that are not in `groupBy` are empty, and `quarter` is 0. */
  abstract usage(filter: UsageFilter): Promise<readonly UsageRow[]>;
}
