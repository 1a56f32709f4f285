import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SlotSet, type Slot } from '../common/values/slot.set.js';
import { exchangeOf } from './exchange.js';

/** A connection that left HTTP behind: it is told to end, so that it can say so in its own protocol. */
export interface RunningSocket {
  goAway(): void;
}

/** Whether this process still takes work, and the work it has. One object for the server, the health routes and the stop. */
export class Lifecycle {
  private readonly open = new SlotSet<ServerResponse>();
  private readonly sockets = new Map<Duplex, RunningSocket | undefined>();
  private readonly failure = Promise.withResolvers<unknown>();
  private empty: (() => void) | undefined;
  /** False from the first word of stopping on: load balancers should look elsewhere. */
  ready = true;
  /** New work is refused; what runs goes on. */
  draining = false;
  /** Resolves with the error after which this server must end; stays pending while there is none. */
  readonly failed: Promise<unknown> = this.failure.promise;

  get running(): number {
    return this.open.size + this.sockets.size;
  }

  /** The server drains and ends with `error`, as after a signal. */
  fail(error: unknown): void {
    this.failure.resolve(error);
  }

  /** Until `ended`. */
  began(response: ServerResponse): Slot<ServerResponse> {
    return this.open.add(response);
  }

  ended(place: Slot<ServerResponse>): void {
    this.open.delete(place);
    if (this.running === 0) this.empty?.();
  }

  socketBegan(socket: Duplex): void {
    this.sockets.set(socket, undefined);
  }

  /** Who is to be told when a socket has to end. */
  socketRuns(socket: Duplex, running: RunningSocket): void {
    if (this.sockets.has(socket)) this.sockets.set(socket, running);
  }

  socketEnded(socket: Duplex): void {
    this.sockets.delete(socket);
    if (this.running === 0) this.empty?.();
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => (this.empty = resolve));
  }

  /** Ends what still runs: responses break off, sockets are told. */
  cut(): void {
    for (const response of this.open) {
      exchangeOf(response.req).endedBy('drain');
      response.destroy();
    }
    this.cutSockets();
  }

  cutSockets(): void {
    for (const [socket, running] of this.sockets)
      if (running) running.goAway();
      else socket.destroy();
  }
}
