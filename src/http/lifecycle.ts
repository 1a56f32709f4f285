import { SlotSet } from '../common/values/slot.set.js';
import type { Exchange } from './exchange.js';

/** Whether this process takes work, and the work it has. One object for the server, the health routes and the stop. */
export class Lifecycle {
  private readonly exchanges = new SlotSet<Exchange>();
  private readonly failure = Promise.withResolvers<unknown>();
  private onIdle: (() => void) | undefined;
  /** False from the first signal to stop on: load balancers should choose another replica. */
  ready = true;
  /** False once this process accepts no connections, because others serve the port. */
  listens = true;
  /** New requests are refused; running ones go on. */
  draining = false;
  /** Resolves with the error after which this process must end; stays pending while there is none. */
  readonly failed: Promise<unknown> = this.failure.promise;

  get running(): number {
    return this.exchanges.size;
  }

  /** Calls `visit` for each exchange that runs. */
  forEach(visit: (exchange: Exchange) => void): void {
    for (const exchange of this.exchanges) visit(exchange);
  }

  /** The process drains and ends with `error`, as after a signal. */
  fail(error: unknown): void {
    this.failure.resolve(error);
  }

  /** Not ready: every response is the last of its connection from now on, also those that are running. */
  goAway(): void {
    this.ready = false;
    for (const exchange of this.exchanges) exchange.endConnection();
  }

  /** Refused are requests that can reach another process: those on kept connections of a closed port are served. */
  get refusesNew(): boolean {
    return this.draining && this.listens;
  }

  began(exchange: Exchange): void {
    exchange.slot = this.exchanges.add(exchange);
  }

  ended(exchange: Exchange): void {
    this.exchanges.delete(exchange.slot!);
    if (this.running === 0) this.onIdle?.();
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  /** Ends everything that runs: responses break off, WebSockets are closed. */
  cut(): void {
    for (const exchange of this.exchanges) exchange.cut();
  }
}
