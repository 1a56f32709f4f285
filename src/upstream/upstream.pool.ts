import type { Readable } from 'node:stream';
import { requestHead, type UpstreamRequest } from './request.head.js';
import type { Connect } from './upstream.connector.js';
import { type ConnectionOwner, UpstreamConnection } from './upstream.connection.js';
import { type ExchangeObserver, UpstreamExchange } from './upstream.exchange.js';
import { UpstreamError } from './upstream.error.js';
import { WaitQueue } from './wait.queue.js';

const SWEEP_EVERY_MS = 1000;
/** A connection is not reused within this time before the upstream closes it. */
const MARGIN_MS = 1000;

export interface PoolOptions {
  readonly connect: Connect;
  /** Undefined: unlimited. */
  readonly maxConnections: number | undefined;
  /** How long an idle connection is kept. The upstream's own limit may be shorter. */
  readonly idleMs: number;
}

/** A pool of HTTP/1.1 connections to one origin. Each serves one exchange at a time and is reused. */
export class UpstreamPool implements ConnectionOwner {
  private readonly connections = new Set<UpstreamConnection>();
  /** A stack: the most recently used connection is used first, so that spare ones expire. */
  private readonly idle: UpstreamConnection[] = [];
  /** Connections that became idle in this turn of the event loop. */
  private readonly resting: UpstreamConnection[] = [];
  private readonly queue = new WaitQueue<UpstreamExchange>();
  /** Number of connections that are being opened. Each takes the first exchange of the queue once it is open. */
  private opening = 0;
  /** True while a call of `serve` is scheduled. */
  private isScheduled = false;
  private isClosed = false;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(private readonly options: PoolOptions) {}

  /** Sends a request. Calls `observer` in later turns only. Throws an UpstreamError for a request that cannot be sent. */
  dispatch(request: UpstreamRequest, body: Buffer | Readable | null, observer: ExchangeObserver): UpstreamExchange {
    const { length } = request;
    // Surplus or missing bytes would become part of the next request on the connection.
    if ((body === null || Buffer.isBuffer(body)) && length !== (body?.length ?? 0))
      throw new UpstreamError('invalid_request', 'the body does not have the length of its head');
    const exchange = new UpstreamExchange(
      requestHead(request),
      body,
      length,
      request.method === 'HEAD',
      observer,
      this.queue,
    );
    this.enqueue(exchange);
    return exchange;
  }

  /** Closes all connections. Running, waiting and later exchanges fail. */
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
      unsent.fail(new UpstreamError('unreachable', 'the upstream closes new connections before a request is sent'));
    else if (unsent) {
      unsent.detach(wasNew);
      this.enqueue(unsent);
    }
    if (this.queue.length > 0) this.serveSoon();
  }

  private enqueue(exchange: UpstreamExchange): void {
    this.queue.push(exchange);
    this.serveSoon();
  }

  /**
   * Serves the queue after the poll phase of the event loop, in which a pending close of an idle connection is noticed. One
   * call serves all requests of a turn. A connection that became idle in this turn is used in the next one.
   */
  private serveSoon(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.serve);
  }

  private readonly serve = (): void => {
    this.isScheduled = false;
    if (this.isClosed) return this.failAll();
    const now = performance.now();
    while (this.queue.length > 0 && this.idle.length > 0) {
      const connection = this.idle.pop()!;
      if (connection.usableUntil > now) connection.send(this.queue.shift()!);
      else connection.destroy();
    }
    const { maxConnections = Infinity } = this.options;
    const available = this.promoteResting();
    while (this.opening + available < this.queue.length && this.connections.size + this.opening < maxConnections)
      this.open();
  };

  /** Makes the resting connections usable for the next turn. Returns the number of idle connections then. */
  private promoteResting(): number {
    const { resting } = this;
    if (resting.length === 0) return 0;
    for (const connection of resting) this.idle.push(connection);
    this.resting.length = 0;
    if (this.queue.length > 0) this.serveSoon();
    return this.idle.length;
  }

  private failAll(): void {
    for (let count = this.queue.length; count > 0; count -= 1)
      this.queue.shift()?.fail(new UpstreamError('unreachable', 'the upstream pool is closed'));
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

  private onUnreachable(error: UpstreamError): void {
    this.queue.shift()?.fail(error);
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
