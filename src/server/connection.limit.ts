import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Descriptors for everything but proxied exchanges: database, log, listener, runtime. */
const RESERVED_DESCRIPTORS = 64;
/** An exchange has a client's socket and an upstream's. A tenth serves the refusals of further clients. */
const PER_CONNECTION = 2.2;

/** How many client connections this process serves: its share of the configured limit, or, when that is 0, as many as its descriptors allow. */
export function connectionLimit(configured: number, workers: number, descriptors = openFileLimit()): number {
  if (configured > 0) return Math.max(1, Math.floor(configured / workers));
  return descriptors === undefined
    ? Infinity
    : Math.max(1, Math.floor((descriptors - RESERVED_DESCRIPTORS) / PER_CONNECTION));
}

/** Read from Linux; undefined on other systems. Node raises the soft limit to the hard one at its start. */
export function openFileLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** Counts connections. A request on a connection over the limit gets 503. Far over the limit, connections are closed at once. */
export class ConnectionCount {
  private open = 0;
  private readonly over = new WeakSet<Socket>();

  constructor(private readonly limit: number) {}

  watch(server: Server): void {
    if (this.limit === Infinity) return;
    server.maxConnections = this.limit + Math.max(16, Math.floor(this.limit / 10));
    server.prependListener('connection', (socket: Socket) => {
      this.open += 1;
      socket.once('close', () => (this.open -= 1));
      if (this.open > this.limit) this.over.add(socket);
    });
  }

  isOver(socket: Socket): boolean {
    return this.over.has(socket);
  }
}
