import { createHook, type AsyncHook } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** What a process keeps: timers that run, listeners on what lives long, connections. Timers that are unreferenced count too. */
export class Leftovers {
  private readonly timers = new Set<number>();
  private readonly hook: AsyncHook;
  private readonly fromClients = new Set<Socket>();
  private readonly dialled = new Set<Socket>();

  /** `upstreamPort` distinguishes connections to the upstream from a test's own; `others` are further emitters that live as long as the server. */
  constructor(
    private readonly server: Server,
    private readonly upstreamPort: number,
    private readonly others: readonly EventEmitter[],
  ) {
    this.hook = createHook({
      init: (id, type) => {
        if (type === 'Timeout') this.timers.add(id);
      },
      destroy: (id) => {
        this.timers.delete(id);
      },
    }).enable();
    server.on('connection', this.onClient);
    subscribe('net.client.socket', this.onDialled);
  }

  /** The server's side of its clients' connections. */
  get clients(): Socket[] {
    return [...this.fromClients].filter(({ destroyed }) => !destroyed);
  }

  get upstreams(): Socket[] {
    return [...this.dialled].filter(({ destroyed, remotePort }) => !destroyed && remotePort === this.upstreamPort);
  }

  /** To be compared with what it was before. */
  count(): Record<string, number> {
    return {
      timers: this.timers.size,
      clients: this.clients.length,
      upstreams: this.upstreams.length,
      listeners: listenersOf([process, this.server, ...this.others, ...this.clients, ...this.upstreams]),
    };
  }

  stop(): void {
    this.hook.disable();
    this.server.off('connection', this.onClient);
    unsubscribe('net.client.socket', this.onDialled);
  }

  private readonly onClient = (socket: Socket): void => void this.fromClients.add(socket);
  /** Told before it is known whereto. */
  private readonly onDialled = (message: unknown): void => {
    this.dialled.add((message as { socket: Socket }).socket);
  };
}

const listenersOf = (emitters: readonly EventEmitter[]): number =>
  emitters
    .flatMap((emitter) => emitter.eventNames().map((name) => emitter.listenerCount(name)))
    .reduce((sum, count) => sum + count, 0);
