import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf, routeClassOf } from './route.class.js';

/**
 * Whether a request is upgraded to a WebSocket (RFC 6455 §4.1): any under `/v1`, because the upstream knows best which of
 * its paths are WebSockets, and its response to any other handshake is passed on. Any other request is served as an ordinary one and its
 * `Upgrade` is ignored (RFC 9110 §7.8). That includes a request with a body and a request behind a response that is
 * still being written: the bytes of two protocols must not meet on one connection.
 */
export function wantsWebSocket(request: IncomingMessage): boolean {
  const { method, httpVersion, headers, socket } = request;
  const { _httpMessage: running } = socket as typeof socket & { _httpMessage?: ServerResponse | null };
  return (
    method === 'GET' &&
    httpVersion === '1.1' &&
    headers.upgrade?.trim().toLowerCase() === 'websocket' &&
    routeClassOf(pathOf(request)) === 'proxied' &&
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length'] ?? 0) === 0 &&
    !running
  );
}
