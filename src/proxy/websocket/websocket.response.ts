import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ApiError } from '../../common/errors/api.error.js';
import { refusal } from '../../http/error.body.js';
import type { Exchange } from '../../http/exchange.js';

/** How long a client may take to close after the last byte: closing at once could reset it before it has read that byte. */
const LINGER_MS = 1000;
const NOTHING = Buffer.alloc(0);

/** An HTTP response on a connection that was to become a WebSocket; its last (RFC 6455 §4.2.2, RFC 9112 §9.6). */
export function respondOn({ request, socket }: Exchange): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => endGently(socket));
  return response;
}

/** Refuses a WebSocket with an HTTP response. */
export function refuseOn(exchange: Exchange, error: ApiError): void {
  const { socket } = exchange;
  exchange.refused(error);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = refusal(error, exchange.requestId, true);
  exchange.status = status;
  exchange.bytesOut = Buffer.byteLength(body);
  respondOn(exchange).writeHead(status, headers).end(body);
}

/** Ends our direction after `last`; reads and discards until the client has closed too. */
export function endGently(socket: Socket, last: Uint8Array = NOTHING): void {
  socket.resume();
  socket.end(last, () => {
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  });
}
