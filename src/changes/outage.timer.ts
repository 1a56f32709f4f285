import { type Freshness, RESPONSE_LIMIT_MS } from '../replicas/freshness.js';

/**
 * Reports a database that does not respond to a reading, every RESPONSE_LIMIT_MS until the reading ends. Timers run before
 * sockets are read: setImmediate lets a response win that arrived while the event loop was blocked. The time in which the
 * process was suspended is no outage.
 */
export class OutageTimer {
  private readonly timer: NodeJS.Timeout;
  private isCancelled = false;

  constructor(
    private since: number,
    private readonly freshness: Freshness,
  ) {
    this.timer = setInterval(() => setImmediate(() => this.isCancelled || this.report()), RESPONSE_LIMIT_MS).unref();
  }

  report(): void {
    this.freshness.failed(this.since);
    this.since = performance.now();
  }

  cancel(): void {
    this.isCancelled = true;
    clearInterval(this.timer);
  }
}
