import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Ends a response before its end, and its connection with it. A response that waits behind another one (pipelining,
 * RFC 9112 §9.3.2) has no socket yet. Node would forget that it was destroyed, and its client would wait for ever.
 */
export function breakOff(response: ServerResponse): void {
  // Node writes the waiting bytes right after it assigns the socket.
  if (!response.socket) response.once('socket', (socket: Socket) => process.nextTick(() => socket.destroy()));
  response.destroy();
}
