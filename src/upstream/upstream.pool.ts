import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { requestHead, type UpstreamRequest } from './request.head.js';
import type { Connect } from './upstream.connector.js';
import { type ConnectionOwner, UpstreamConnection } from './upstream.connection.js';
import { type UpstreamObserver, UpstreamExchange } from './upstream.exchange.js';
import { UpstreamError } from './upstream.error.js';
import { WaitQueue } from './wait.queue.js';

const SWEEP_EVERY_MS = 1000;
/** A connection is not reused within this time before the upstream closes it. */
const MARGIN_MS = 1000;
/** A later request connects again, so that a changed DNS entry is followed within half a minute. */
const MAX_AGE_MS = 28_000;
/** Connections that were opened together do not retire together: up to this part of the greatest age is taken off. */
const AGE_SPREAD = 0.15;
/** How long a request waits for a connection while the pool is full. With the interval of the check it is below a second. */
const MAX_WAIT_MS = 900;
const CHECK_EVERY_MS = 100;

export interface PoolOptions {
  readonly connect: Connect;
  /** Undefined: unlimited. */
  readonly maxConnections: number | undefined;
  /** How long an idle connection is kept. The upstream's own limit may be shorter. */
  readonly idleMs: number;
  /** How long a connection is used. */
  readonly maxAgeMs?: number | undefined;
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
  /** Number of connections that are being opened for one exchange alone. */
  private repeating = 0;
  /** True while a call of `serve` is scheduled. */
  private isScheduled = false;
  private isClosed = false;
  private sweeper: NodeJS.Timeout | undefined;
  /** Runs while exchanges wait and the pool is full. */
  private refuser: NodeJS.Timeout | undefined;

  constructor(private readonly options: PoolOptions) {}

  /** Sends a request. Calls `observer` in later turns only. Throws an UpstreamError for a request that cannot be sent. */
  dispatch(request: UpstreamRequest, body: Buffer | Readable | null, observer: UpstreamObserver): UpstreamExchange {
    const { length } = request;
    // Surplus or missing bytes would become part of the next request on the connection.
    if ((body === null || Buffer.isBuffer(body)) && length !== (body?.length ?? 0))
      throw new UpstreamError('invalid_request', 'the body does not have the length of its head');
    const exchange = new UpstreamExchange(requestHead(request), body, length, request, observer, this.queue);
    this.enqueue(exchange);
    return exchange;
  }

  /** Closes all connections. Running, waiting and later exchanges fail. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.sweeper);
    clearInterval(this.refuser);
    for (const connection of this.connections) connection.destroy();
    this.serve();
  }

  onIdle(connection: UpstreamConnection, keepAliveMs: number | undefined): void {
    const usableMs =
      keepAliveMs === undefined ? this.options.idleMs : Math.min(this.options.idleMs, keepAliveMs - MARGIN_MS);
    const now = performance.now();
    if (usableMs <= 0 || now >= connection.retiresAt || this.isClosed) return connection.destroy();
    connection.usableUntil = Math.min(now + usableMs, connection.retiresAt);
    this.resting.push(connection);
    this.sweeper ??= setInterval(() => this.sweep(), SWEEP_EVERY_MS).unref();
    this.serveSoon();
  }

  onClosed(connection: UpstreamConnection, unserved: UpstreamExchange | undefined): void {
    this.connections.delete(connection);
    for (const unused of [this.idle, this.resting]) {
      const at = unused.lastIndexOf(connection);
      if (at >= 0) unused.splice(at, 1);
    }
    if (unserved?.isSent) this.repeat(unserved);
    else if (unserved) this.retry(unserved, connection.usableUntil === 0);
    if (this.queue.length > 0) this.serveSoon();
  }

  /** Sends it once more, on a connection of its own: another idle one may be closed too. */
  private repeat(exchange: UpstreamExchange): void {
    exchange.repeat();
    this.open(exchange);
  }

  private retry(unsent: UpstreamExchange, wasNew: boolean): void {
    if (unsent.hasLostNew && wasNew)
      return unsent.fail(
        new UpstreamError('unreachable', 'the upstream closes new connections before a request is sent'),
      );
    unsent.detach(wasNew);
    this.enqueue(unsent);
  }

  private enqueue(exchange: UpstreamExchange): void {
    if (this.options.maxConnections !== undefined) exchange.waitsSince = performance.now();
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
    while (this.opening + available < this.queue.length && this.size < maxConnections) this.open();
    if (this.opening + available < this.queue.length)
      this.refuser ??= setInterval(() => this.refuseLate(), CHECK_EVERY_MS).unref();
  };

  private get size(): number {
    return this.connections.size + this.opening + this.repeating;
  }

  /** The first exchanges of the queue wait for the connections that are being opened, not for others to end. */
  private refuseLate(): void {
    const latest = performance.now() - MAX_WAIT_MS;
    for (const exchange of this.queue.takeAfter(this.opening, ({ waitsSince }) => waitsSince <= latest))
      exchange.fail(new UpstreamError('overloaded', 'no connection became free in time'));
    if (this.queue.length > this.opening) return;
    clearInterval(this.refuser);
    this.refuser = undefined;
  }

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
    for (let count = this.queue.length; count > 0; count -= 1) this.queue.shift()?.fail(closed());
  }

  /** `alone`: the only exchange that the connection is for. */
  private open(alone?: UpstreamExchange): void {
    const counter = alone ? 'repeating' : 'opening';
    this[counter] += 1;
    let connection: UpstreamConnection | undefined;
    this.options.connect(
      (error, socket) => {
        this[counter] -= 1;
        if (error) return this.onUnreachable(error, alone);
        connection = this.add(socket);
        const next = alone && !alone.isOver ? alone : this.queue.shift();
        if (this.isClosed) next?.fail(closed());
        else if (next) return connection.send(next);
        this.onIdle(connection, undefined);
      },
      (bytes, length) => connection?.onRead(bytes, length),
    );
  }

  private add(socket: Socket): UpstreamConnection {
    const { maxAgeMs = MAX_AGE_MS } = this.options;
    const ageMs = maxAgeMs * (1 - Math.random() * AGE_SPREAD);
    const connection = new UpstreamConnection(socket, this, performance.now() + ageMs);
    this.connections.add(connection);
    return connection;
  }

  private onUnreachable(error: UpstreamError, alone: UpstreamExchange | undefined): void {
    // It was sent once: the upstream may have received it.
    if (alone) alone.fail(new UpstreamError('reset', 'the upstream closed the connection and is away', error.cause));
    else this.queue.shift()?.fail(error);
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

const closed = (): UpstreamError => new UpstreamError('unreachable', 'the upstream pool is closed');
