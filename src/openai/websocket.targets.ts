import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf } from '../http/exchange.js';

/** https://platform.openai.com/docs/guides/realtime-websocket and /docs/guides/websocket-mode. */
const TARGETS = new Set(['/v1/realtime', '/v1/responses']);

/**
 * Whether a request that asks for an upgrade gets one: RFC 6455 §4.1 in one of two places. Everything else goes on as
 * an ordinary request whose `Upgrade` is ignored (RFC 9110 §7.8), and so does one that has a body or that stands behind
 * an answer still being written: the bytes of two protocols must not meet on one connection.
 */
export function wantsWebSocket(request: IncomingMessage): boolean {
  const { method, httpVersion, headers, socket } = request;
  const { _httpMessage: running } = socket as typeof socket & { _httpMessage?: ServerResponse | null };
  return (
    method === 'GET' &&
    httpVersion === '1.1' &&
    headers.upgrade?.trim().toLowerCase() === 'websocket' &&
    TARGETS.has(pathOf(request)) &&
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length'] ?? 0) === 0 &&
    !running
  );
}
