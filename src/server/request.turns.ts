import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Above this many waiting requests a connection is not read. */
const MAX_WAITING = 64;
/** One read may bring 3,100 of the shortest requests. A connection with more is cut. */
const MAX_PARSED = 4096;

const WAITING = Symbol('llm-proxy:waiting');

/** Node's own marks of a connection whose parser is paused: it sets them when responses pile up. */
type Paused = Socket & { _paused?: boolean; parser?: { resume(): void } | null; [WAITING]?: number };

/**
 * Runs `serve` when all earlier requests of the connection have their responses (RFC 9112 §9.3.2). So a connection has
 * one running request, and nothing behind a response that closes the connection is ever served.
 */
export function waitForTurn(socket: Socket, response: ServerResponse, serve: () => void): void {
  const paused = socket as Paused;
  const waiting = (paused[WAITING] = (paused[WAITING] ?? 0) + 1);
  if (waiting > MAX_PARSED) socket.destroy();
  else if (waiting > MAX_WAITING) pause(paused);
  response.once('socket', () => {
    paused[WAITING]! -= 1;
    if (paused[WAITING]! <= MAX_WAITING) resume(paused);
    // After the `close` of the response before, which frees what its request occupied.
    process.nextTick(serve);
  });
}

function pause(socket: Paused): void {
  socket._paused = true;
  socket.pause();
}

function resume(socket: Paused): void {
  if (!socket._paused) return;
  socket._paused = false;
  socket.parser?.resume();
  socket.resume();
}
