import type { RequestFilter } from '../event/event.queries.js';
import type { ProxyEvent } from '../event/proxy.event.js';

/** Text that every event has that passes the filter, as it stands in JSON: the database looks for it. */
export function needlesOf({ projectId, tokenId, model, end, requestId }: RequestFilter): string[] {
  const needles: string[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) needles.push(`${name}${JSON.stringify(value)}`);
  };
  add('"project_id":', projectId);
  add('"token_id":', tokenId);
  add('model":', model);
  add('"end":', end);
  add('request_id":', requestId);
  return needles;
}

/** True when the event passes every part of the filter. */
export function matches(event: ProxyEvent, filter: RequestFilter): boolean {
  return isWithin(event, filter) && matchesNames(event, filter) && matchesNumbers(event, filter);
}

/** A request without a project is in no list of projects. */
function isWithin({ project_id: id }: ProxyEvent, { projectIds }: RequestFilter): boolean {
  return projectIds === undefined || (id !== undefined && projectIds.includes(id));
}

function matchesNames(event: ProxyEvent, filter: RequestFilter): boolean {
  const { projectId, tokenId, model, end, path, replica, requestId } = filter;
  return (
    (projectId === undefined || event.project_id === projectId) &&
    (tokenId === undefined || event.token_id === tokenId) &&
    (model === undefined || event.model === model || event.request_model === model) &&
    (end === undefined || event.end === end) &&
    (path === undefined || event.path.startsWith(path)) &&
    (replica === undefined || event.replica === replica) &&
    (requestId === undefined || event.request_id === requestId || event.upstream_request_id === requestId)
  );
}

function matchesNumbers(event: ProxyEvent, { statusClass, slowerThanMs, from, to }: RequestFilter): boolean {
  const { status, last_byte_ms: tookMs } = event;
  if (statusClass !== undefined && (status === undefined || Math.floor(status / 100) !== statusClass)) return false;
  if (slowerThanMs !== undefined && !(tookMs !== undefined && tookMs > slowerThanMs)) return false;
  if (from === undefined && to === undefined) return true;
  const at = Date.parse(event.at);
  return (from === undefined || at >= from) && (to === undefined || at < to);
}
