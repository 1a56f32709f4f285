import type { Readable } from 'node:stream';
import { requestHead, type UpstreamRequest } from './request.head.js';
import type { Connect } from './upstream.connector.js';
import { type ConnectionOwner, UpstreamConnection } from './upstream.connection.js';
import { type ExchangeObserver, UpstreamExchange } from './upstream.exchange.js';
import { UpstreamError } from './upstream.error.js';
import { WaitQueue } from './wait.queue.js';

const SWEEP_EVERY_MS = 1000;
/** An upstream that says how long it waits is believed up to this before the end. */
const MARGIN_MS = 1000;

export interface PoolOptions {
  readonly connect: Connect;
  /** Undefined = as many as there are exchanges at once. */
  readonly maxConnections: number | undefined;
  /** How long an unused connection is kept, at most; the upstream may say less. */
  readonly idleMs: number;
}

/** HTTP/1.1 connections to one origin, used again, one exchange on each at a time. */
export class UpstreamPool implements ConnectionOwner {
  private readonly connections = new Set<UpstreamConnection>();
  /** The one used last is used first, so that those nobody needs grow old. */
  private readonly idle: UpstreamConnection[] = [];
  /** They came back in this very turn of the event loop. */
  private readonly resting: UpstreamConnection[] = [];
  private readonly queue = new WaitQueue<UpstreamExchange>();
  /** Connections that are being opened; each serves whoever waits first when it is. */
  private opening = 0;
  /** `serve` will run in this turn or the next. */
  private isDue = false;
  private isClosed = false;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(private readonly options: PoolOptions) {}

  /** Everything that becomes of it is told to `observer`, in a later turn. Throws an UpstreamFault for what cannot be sent. */
  dispatch(request: UpstreamRequest, body: Buffer | Readable | null, observer: ExchangeObserver): UpstreamExchange {
    const { length } = request;
    // What is shorter or longer than its head says would be the beginning of the next request.
    if ((body === null || Buffer.isBuffer(body)) && length !== (body?.length ?? 0))
      throw new UpstreamError('invalid_request', 'the body is not as long as its head says');
    const exchange = new UpstreamExchange(
      requestHead(request),
      body,
      length,
      request.method === 'HEAD',
      observer,
      this.queue,
    );
    this.wait(exchange);
    return exchange;
  }

  /** Ends everything that runs or waits on it: exchanges are told a fault. Nothing is taken after it. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.sweeper);
    for (const connection of this.connections) connection.destroy();
    this.serve();
  }

  onIdle(connection: UpstreamConnection, keepAliveMs: number | undefined): void {
    const usableMs =
      keepAliveMs === undefined ? this.options.idleMs : Math.min(this.options.idleMs, keepAliveMs - MARGIN_MS);
    if (usableMs <= 0 || this.isClosed) return connection.destroy();
    connection.usableUntil = performance.now() + usableMs;
    this.resting.push(connection);
    this.sweeper ??= setInterval(() => this.sweep(), SWEEP_EVERY_MS).unref();
    this.serveSoon();
  }

  onClosed(connection: UpstreamConnection, unsent: UpstreamExchange | undefined): void {
    this.connections.delete(connection);
    for (const unused of [this.idle, this.resting]) {
      const at = unused.lastIndexOf(connection);
      if (at >= 0) unused.splice(at, 1);
    }
    const wasNew = connection.usableUntil === 0;
    if (unsent?.hasLostNew && wasNew)
      unsent.fail(new UpstreamError('unreachable', 'connections close before they can be used'));
    else if (unsent) {
      unsent.waitAgain(wasNew);
      this.wait(unsent);
    }
    if (this.queue.length > 0) this.serveSoon();
  }

  private wait(exchange: UpstreamExchange): void {
    this.queue.push(exchange);
    this.serveSoon();
  }

  /**
   * Not at once: an idle connection may have been closed by the upstream, which is known when all that the system has to say
   * was heard. One such pause serves all requests of a turn; a connection that came back in it is used in the next.
   */
  private serveSoon(): void {
    if (this.isDue) return;
    this.isDue = true;
    setImmediate(this.serve);
  }

  private readonly serve = (): void => {
    this.isDue = false;
    if (this.isClosed) return this.refuseAll();
    const now = performance.now();
    while (this.queue.length > 0 && this.idle.length > 0) {
      const connection = this.idle.pop()!;
      if (connection.usableUntil > now) connection.send(this.queue.shift()!);
      else connection.destroy();
    }
    const { maxConnections = Infinity } = this.options;
    const soon = this.rested();
    while (this.opening + soon < this.queue.length && this.connections.size + this.opening < maxConnections)
      this.open();
  };

  /** What came back in this turn may be used from the next on. Gives how many that are. */
  private rested(): number {
    const { resting } = this;
    if (resting.length === 0) return 0;
    for (const connection of resting) this.idle.push(connection);
    this.resting.length = 0;
    if (this.queue.length > 0) this.serveSoon();
    return this.idle.length;
  }

  private refuseAll(): void {
    for (let left = this.queue.length; left > 0; left -= 1)
      this.queue.shift()?.fail(new UpstreamError('unreachable', 'the pool was closed'));
  }

  private open(): void {
    this.opening += 1;
    let connection: UpstreamConnection | undefined;
    this.options.connect(
      (error, socket) => {
        this.opening -= 1;
        if (error) return this.onUnreachable(error);
        connection = new UpstreamConnection(socket, this);
        this.connections.add(connection);
        const next = this.queue.shift();
        if (next) connection.send(next);
        else this.onIdle(connection, undefined);
      },
      (bytes, length) => connection?.onRead(bytes, length),
    );
  }

  private onUnreachable(fault: UpstreamError): void {
    this.queue.shift()?.fail(fault);
    if (this.queue.length > 0) this.serveSoon();
  }

  private sweep(): void {
    const now = performance.now();
    for (const connection of this.idle.filter(({ usableUntil }) => usableUntil <= now)) connection.destroy();
    if (this.idle.length > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}
