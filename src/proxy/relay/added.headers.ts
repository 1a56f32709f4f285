import { tenths } from '../../common/values/fast.format.js';
import type { Exchange } from '../../http/exchange.js';
import { Permit } from '../admission/permit.js';

/**
 * What every response to a proxied request gets (RFC 9110 §7.6.3 leaves it to the intermediary). The upstream's own
 * `server-timing` stands beside this one; durations are milliseconds.
 */
export function addedHeaders(exchange: Exchange): string[] {
  const headers = timingHeaders(exchange);
  const { permit } = exchange;
  if (permit instanceof Permit && permit.token.shownExpiry !== undefined) {
    headers.push('x-proxy-token-expires-at', permit.token.shownExpiry);
    if (permit.remaining !== undefined) headers.push('x-proxy-token-remaining', String(permit.remaining));
  }
  return headers;
}

function timingHeaders(exchange: Exchange): string[] {
  const { requestId, startedAt, queuedAt = startedAt, sentAt = queuedAt, respondedAt = sentAt } = exchange;
  return [
    'x-proxy-request-id',
    requestId,
    'server-timing',
    `proxy;dur=${tenths(queuedAt - startedAt)}, queue;dur=${tenths(sentAt - queuedAt)}, upstream;dur=${tenths(respondedAt - sentAt)}`,
  ];
}
