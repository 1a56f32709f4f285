import type { EventBody, ProxyEvent } from '../../events/event/proxy.event.js';
import type { BodyView, RequestDetailView, RequestView, TimingsView } from './request.dto.js';

export interface EventNames {
  readonly projects: ReadonlyMap<string, string>;
  readonly tokens: ReadonlyMap<string, string>;
}

/** The members that are known. */
const known = <T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;

const nameIn = (names: ReadonlyMap<string, string>, id: string | undefined): string | undefined =>
  id === undefined ? undefined : names.get(id);

export function requestView(event: ProxyEvent, { projects, tokens }: EventNames, cursor?: string): RequestView {
  const nanoUsd = event.cost?.nano_usd;
  return known({
    id: event.id,
    cursor,
    request_id: event.request_id,
    kind: event.kind,
    at: event.at,
    project_id: event.project_id,
    project_name: nameIn(projects, event.project_id),
    token_id: event.token_id,
    token_name: nameIn(tokens, event.token_id),
    method: event.method,
    route: event.route,
    path: event.path,
    model: event.model ?? event.request_model,
    status: event.status,
    end: event.end,
    code: event.code,
    stream: event.stream ?? false,
    duration_ms: event.last_byte_ms,
    first_byte_ms: event.first_byte_ms,
    overhead_ms: event.overhead_ms,
    bytes_in: event.bytes_in,
    bytes_out: event.bytes_out,
    usage: event.usage,
    cost_micro_usd: nanoUsd === undefined ? undefined : Math.round(nanoUsd / 1000),
    replica: event.replica,
  });
}

/** The captured bytes of a body. */
export const bytesOfBody = ({ body, body_base64: base64 = '' }: EventBody): Buffer =>
  body === undefined ? Buffer.from(base64, 'base64') : Buffer.from(body);

const bodyView = (body: EventBody): BodyView => ({
  bytes: bytesOfBody(body).length,
  truncated: body.truncated ?? false,
  headers: body.headers ?? {},
});

/** Events have how long each part took; here each is counted from the beginning. */
function timingsOf(event: ProxyEvent): TimingsView {
  const { queue_ms: queued, upstream_headers_ms: headers, overhead_ms: overhead } = event;
  // Without a queue it was refused, and its overhead is its whole time.
  const admitted = queued === undefined ? undefined : overhead;
  const answered = admitted === undefined || headers === undefined ? undefined : admitted + queued! + headers;
  return known({
    admitted,
    headers: answered === undefined ? undefined : Math.round(answered * 1000) / 1000,
    first_byte: event.first_byte_ms,
    last_byte: event.last_byte_ms,
  });
}

export function requestDetailView(event: ProxyEvent, names: EventNames): RequestDetailView {
  const request = event.request && bodyView(event.request);
  const response = event.response && bodyView(event.response);
  return known({
    ...requestView(event, names),
    correlation_id: event.correlation_id,
    upstream_request_id: event.upstream_request_id,
    response_id: event.response_id,
    request_model: event.request_model,
    tier: event.tier,
    socket: event.socket,
    cost_nano_usd: event.cost?.nano_usd,
    price_version: event.cost?.price_version,
    work: event.work,
    timings_ms: timingsOf(event),
    bodies: request || response ? known({ request, response }) : undefined,
  });
}
