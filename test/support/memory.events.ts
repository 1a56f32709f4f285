import {
  type EventCursor,
  EventReader,
  type KeptEvent,
  type RequestFilter,
  type UsageFilter,
  type UsageRow,
} from '../../src/events/event/event.queries.js';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import type { TestApp } from './app.js';

const QUARTER_MS = 900_000;
const NO_USAGE: NonNullable<ProxyEvent['usage']> = { source: 'none' };
const NO_SUMS = {
  requests: 0,
  errors: 0,
  unknown: 0,
  unpriced: 0,
  estimated: 0,
  costNanoUsd: 0,
  estimatedCostNanoUsd: 0,
  estimatedInput: 0,
  estimatedOutput: 0,
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Events in a list, read as the events worker reads them. */
export class MemoryEvents extends EventReader {
  private readonly kept: KeptEvent[] = [];
  /** Calls of `after`, and what the next calls throw. */
  looks = 0;
  fault: Error | undefined;

  /** Makes the reader of a running application read from this list. */
  serve(app: TestApp): this {
    const reader = app.running.app.get(EventReader, { strict: false });
    for (const query of ['requests', 'request', 'after', 'usage'] as const)
      Object.assign(reader, { [query]: this[query].bind(this) });
    return this;
  }

  add(...events: readonly ProxyEvent[]): void {
    for (const event of events)
      this.kept.push({ cursor: `${String(this.kept.length + 1).padStart(12, '0')}.0`, event });
  }

  clear(): void {
    this.kept.length = 0;
  }

  async requests(filter: RequestFilter, { before, limit }: { before?: EventCursor; limit: number }) {
    this.check();
    const older = this.kept.filter(({ cursor, event }) => (!before || cursor < before) && holds(filter, event));
    const events = older.toReversed().slice(0, limit);
    return { events, ...(older.length > limit ? { next: events.at(-1)!.cursor } : {}) };
  }

  async request(id: string): Promise<ProxyEvent | undefined> {
    this.check();
    return this.kept.find(({ event }) => event.id === id || event.request_id === id)?.event;
  }

  async after(since: EventCursor | undefined, filter: RequestFilter, limit: number) {
    this.looks += 1;
    this.check();
    const last = this.kept.at(-1)?.cursor ?? `${'0'.repeat(12)}.0`;
    if (since === undefined) return { events: [], last, skipped: 0 };
    const found = this.kept.filter(({ cursor, event }) => cursor > since && holds(filter, event));
    return { events: found.slice(0, limit), last, skipped: Math.max(0, found.length - limit) };
  }

  async usage(filter: UsageFilter): Promise<readonly UsageRow[]> {
    this.check();
    const rows = new Map<string, Writable<UsageRow>>();
    for (const { event } of this.kept) {
      const row = rowOf(event);
      if (row.quarter < filter.from || row.quarter >= filter.to) continue;
      if ((['projectId', 'tokenId', 'model'] as const).some((name) => filter[name] && filter[name] !== row[name]))
        continue;
      if (filter.projectIds && !filter.projectIds.includes(row.projectId)) continue;
      merge(rows, grouped(row, filter.groupBy));
    }
    return [...rows.values()];
  }

  private check(): void {
    if (this.fault) throw this.fault;
  }
}

function holds(filter: RequestFilter, event: ProxyEvent): boolean {
  const at = Date.parse(event.at);
  const wanted: readonly [unknown, boolean][] = [
    [filter.projectId, event.project_id === filter.projectId],
    [filter.projectIds, filter.projectIds?.includes(event.project_id ?? '') ?? true],
    [filter.tokenId, event.token_id === filter.tokenId],
    [filter.model, event.model === filter.model || event.request_model === filter.model],
    [filter.statusClass, Math.floor((event.status ?? 0) / 100) === filter.statusClass],
    [filter.end, event.end === filter.end],
    [filter.path, event.path.startsWith(filter.path ?? '')],
    [filter.replica, event.replica === filter.replica],
    [filter.slowerThanMs, (event.last_byte_ms ?? -1) > (filter.slowerThanMs ?? 0)],
    [filter.from, at >= (filter.from ?? 0)],
    [filter.to, at < (filter.to ?? 0)],
    [filter.requestId, [event.request_id, event.upstream_request_id].includes(filter.requestId)],
  ];
  return wanted.every(([value, isHeld]) => value === undefined || isHeld);
}

/** The row of one event alone. */
function rowOf(event: ProxyEvent): UsageRow {
  const { source, input, cached, output, reasoning } = event.usage ?? NO_USAGE;
  const cost = event.cost?.nano_usd ?? 0;
  const isEstimated = source === 'estimated';
  const figures = Object.entries({ input, cached, output, reasoning }).filter(([, figure]) => figure !== undefined);
  return {
    quarter: Math.floor(Date.parse(event.at) / QUARTER_MS) * QUARTER_MS,
    projectId: event.project_id ?? '',
    tokenId: event.token_id ?? '',
    model: event.model ?? '',
    route: event.route,
    tier: event.tier ?? 'default',
    requests: 1,
    errors: event.end !== 'ok' || (event.status ?? 0) >= 400 ? 1 : 0,
    ends: event.end === 'ok' ? {} : { [event.end]: 1 },
    unknown: event.usage?.source === 'none' ? 1 : 0,
    unpriced: event.cost?.source === 'none' ? 1 : 0,
    estimated: isEstimated ? 1 : 0,
    costNanoUsd: isEstimated ? 0 : cost,
    estimatedCostNanoUsd: isEstimated ? cost : 0,
    figures: isEstimated ? {} : Object.fromEntries(figures),
    estimatedInput: isEstimated ? (input ?? 0) : 0,
    estimatedOutput: isEstimated ? (output ?? 0) : 0,
  };
}

function grouped(row: UsageRow, groupBy: UsageFilter['groupBy']): UsageRow {
  const empty = { quarter: 0, projectId: '', tokenId: '', model: '', route: '', tier: '' };
  return { ...row, ...empty, ...Object.fromEntries(groupBy.map((name) => [name, row[name]])) } as UsageRow;
}

function merge(rows: Map<string, Writable<UsageRow>>, row: UsageRow): void {
  const key = JSON.stringify([row.quarter, row.projectId, row.tokenId, row.model, row.route, row.tier]);
  const sum = rows.get(key) ?? { ...row, ...NO_SUMS, ends: {}, figures: {} };
  for (const name of Object.keys(NO_SUMS) as (keyof typeof NO_SUMS)[]) sum[name] += row[name];
  const ends = { ...sum.ends };
  for (const [end, count] of Object.entries(row.ends) as [keyof typeof ends, number][])
    ends[end] = (ends[end] ?? 0) + count;
  const figures = { ...sum.figures };
  for (const [name, value] of Object.entries(row.figures) as [keyof typeof figures, number][])
    figures[name] = (figures[name] ?? 0) + value;
  rows.set(key, { ...sum, ends, figures });
}

let serial = 0;

/** An event of a request that ended well, with `fields` in place of its own. */
export function proxyEvent(fields: Partial<ProxyEvent> = {}): ProxyEvent {
  serial += 1;
  const uuid = `0b6f2f3e-3c70-4a4b-8f0e-${String(serial).padStart(12, '0')}`;
  return {
    v: 1,
    id: `${uuid}:request`,
    kind: 'request',
    replica: 'replica-1',
    epoch: 1,
    seq: serial,
    at: '2026-11-27T12:00:00.000Z',
    request_id: `req-${serial}`,
    method: 'POST',
    route: 'chat_completions',
    path: '/v1/chat/completions',
    status: 200,
    end: 'ok',
    ...fields,
  };
}
