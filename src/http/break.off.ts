import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Ends an answer before its end, and its connection with it. One that waits behind another on its connection (pipelining,
 * RFC 9112 §9.3.2) has none yet, and Node would forget it: in its turn, its client would wait for the rest for ever.
 */
export function breakOff(response: ServerResponse): void {
  // What it has to say already is written right after it got its connection.
  if (!response.socket) response.once('socket', (socket: Socket) => process.nextTick(() => socket.destroy()));
  response.destroy();
}
