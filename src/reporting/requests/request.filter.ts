import type { RequestFilter } from '../../events/event/event.queries.js';
import type { ProxyEvent } from '../../events/event/proxy.event.js';

type Rules = {
  readonly [K in keyof Required<RequestFilter>]: (wanted: Required<RequestFilter>[K], event: ProxyEvent) => boolean;
};

const RULES: Rules = {
  projectId: (id, event) => event.project_id === id,
  tokenId: (id, event) => event.token_id === id,
  model: (model, event) => event.model === model || event.request_model === model,
  statusClass: (statusClass, { status = 0 }) => Math.floor(status / 100) === statusClass,
  end: (end, event) => event.end === end,
  path: (prefix, { path }) => path.startsWith(prefix),
  replica: (replica, event) => event.replica === replica,
  slowerThanMs: (ms, event) => event.last_byte_ms !== undefined && event.last_byte_ms > ms,
  from: (from, { at }) => Date.parse(at) >= from,
  to: (to, { at }) => Date.parse(at) < to,
  requestId: (id, event) => event.request_id === id || event.upstream_request_id === id,
};

/** Whether an event has everything that a filter names. */
export const matches = (filter: RequestFilter, event: ProxyEvent): boolean =>
  Object.entries(filter).every(([name, wanted]) =>
    (RULES[name as keyof RequestFilter] as (wanted: unknown, event: ProxyEvent) => boolean)(wanted, event),
  );
