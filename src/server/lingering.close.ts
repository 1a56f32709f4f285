import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** How long a refused upload is read and discarded, so that its sender can read the refusal. */
const LINGER_MS = 30_000;

/**
 * Reads on after an early response and discards: closing at once would reset the connection before the client has read the
 * response (RFC 9112 §9.6).
 */
export function lingerAfter(request: IncomingMessage): void {
  if (request.complete) return;
  const { socket } = request;
  const keepOpen = destroyAfterLinger(socket);
  // Node calls it after the last response of a connection: a FIN now, the rest when the body has ended.
  const { destroySoon } = socket;
  socket.destroySoon = () => socket.end();
  request.resume();
  request.once('end', () => {
    keepOpen();
    socket.destroySoon = destroySoon;
    if (socket.writableEnded) socket.destroy();
  });
}

/** Bounds how long a peer may take to leave; returns a function that lifts the bound. */
export function destroyAfterLinger(socket: Duplex): () => void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  const stop = (): void => clearTimeout(timer);
  socket.once('close', stop);
  return () => {
    stop();
    socket.off('close', stop);
  };
}
