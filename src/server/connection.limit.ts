import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Descriptors for everything that is no proxied exchange: store, log, listener, the runtime's own. */
const DESCRIPTORS_KEPT = 64;
/** An exchange has a client's socket and an upstream's; a tenth is left for telling further clients that it is full. */
const PER_CONNECTION = 2.2;

/** How many clients' connections this process serves: its share of what is configured or, at 0, what its descriptors allow. */
export function connectionLimit(configured: number, workers: number, descriptors = openFileLimit()): number {
  if (configured > 0) return Math.max(1, Math.floor(configured / workers));
  return descriptors === undefined
    ? Infinity
    : Math.max(1, Math.floor((descriptors - DESCRIPTORS_KEPT) / PER_CONNECTION));
}

/** Linux says it; elsewhere, undefined. Node has raised the soft limit to the hard one at its start. */
function openFileLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** Counts connections. Those over the limit are answered 503 when they ask for something; far over it, they are closed unheard. */
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
