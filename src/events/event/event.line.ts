import { isoTime } from '../../common/values/fast.format.js';
import type { Exchange } from '../../http/exchange.js';
import { printablePath } from '../../http/printable.path.js';
import type { RouteName } from '../../openai/route.name.js';
import { durationMember, idMember, nameMember, numberMember, plainMember } from './printed.js';

/** What the line of an event has besides the exchange. */
export interface LineContext {
  readonly route: RouteName;
  /** When the exchange began, in whole milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The members of an event that the exchange itself knows, from `"id":` on. The members of its usage and the brackets come
 * from others. Every request costs one line, so it is a template.
 */
export function exchangeMembers(exchange: Exchange, { route, at }: LineContext): string {
  const { startedAt, queuedAt, sentAt, respondedAt, closedAt, response } = exchange;
  return (
    `"id":"${exchange.uuid}:request","kind":"request","at":"${isoTime(at)}","request_id":"${exchange.requestId}"` +
    plainMember('correlation_id', exchange.correlationId) +
    idMember('upstream_request_id', exchange.upstreamRequestId) +
    callMembers(exchange, route) +
    numberMember('status', exchange.status) +
    `,"end":"${exchange.end ?? 'ok'}"` +
    plainMember('code', exchange.code) +
    (exchange.isStream ? ',"stream":true' : '') +
    (response ? '' : ',"socket":true') +
    `,"bytes_in":${exchange.bytesIn},"bytes_out":${exchange.bytesOut}` +
    durationMember('queue_ms', queuedAt, sentAt) +
    durationMember('upstream_headers_ms', sentAt, respondedAt) +
    durationMember('first_byte_ms', startedAt, respondedAt) +
    durationMember('last_byte_ms', startedAt, closedAt) +
    // As `proxy` of Server-Timing: until the upstream or its queue is waited for.
    durationMember('overhead_ms', startedAt, queuedAt ?? closedAt) +
    nameMember('request_model', exchange.asked?.model)
  );
}

/** Longer paths hold an id, or may hold a credential. */
const MAX_REMEMBERED_PATH = 24;
const MAX_REMEMBERED = 4096;

interface RememberedCall {
  readonly projectId: string | undefined;
  readonly method: string | undefined;
  readonly path: string;
  readonly members: string;
}

/** The last call of each token. */
const remembered = new Map<string, RememberedCall>();

/** Who called what. A token repeats its calls, so their text is remembered: it is a quarter of the work for a line. */
function callMembers(exchange: Exchange, route: RouteName): string {
  const { projectId, tokenId, path } = exchange;
  const { method } = exchange.request;
  if (tokenId === undefined || path.length > MAX_REMEMBERED_PATH) return makeCallMembers(exchange, route);
  const known = remembered.get(tokenId);
  if (known?.path === path && known.method === method && known.projectId === projectId) return known.members;
  const members = makeCallMembers(exchange, route);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(tokenId, { projectId, method, path, members });
  return members;
}

const makeCallMembers = (exchange: Exchange, route: RouteName): string =>
  plainMember('project_id', exchange.projectId) +
  plainMember('token_id', exchange.tokenId) +
  `,"method":"${exchange.request.method}","route":"${route}","path":${JSON.stringify(printablePath(exchange))}`;

/** When an exchange began, in whole milliseconds since the epoch. Call it at the end of the exchange, or before. */
export const startOf = ({ startedAt, closedAt = performance.now() }: Exchange): number =>
  Math.round(Date.now() - (closedAt - startedAt));
