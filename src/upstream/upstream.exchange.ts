import type { Readable } from 'node:stream';
import type { ResponseObserver } from './response.parser.js';
import type { UpstreamRequest } from './request.head.js';
import type { UpstreamError } from './upstream.error.js';
import type { WaitQueue } from './wait.queue.js';

/** Observes an exchange. After `onEnd` or `onError` nothing more is called. */
export interface UpstreamObserver extends ResponseObserver {
  /** Called just before the first byte is written: from now on the request may reach the upstream. */
  onSending(): void;
  onError(error: UpstreamError): void;
}

/** The connection that carries an exchange, as far as the exchange uses it. */
export interface ExchangeConnection {
  pause(): void;
  resume(): void;
  destroy(): void;
}

/** RFC 9110 §9.2.2: sending such a request twice has the effect of sending it once. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Stands in for the connection of an exchange whose new connection is being opened. */
const OPENING: ExchangeConnection = { pause: () => undefined, resume: () => undefined, destroy: () => undefined };

/** One request to an upstream and its response. */
export class UpstreamExchange {
  private connection: ExchangeConnection | undefined;
  /** True once it has ended, failed or was aborted: its observer is not called any more. */
  isOver = false;
  /** True once its first byte may have been written. */
  isSent = false;
  /**
   * True once a new connection has closed before anything was written on it, which is retried only once. A reused
   * connection that closes does not count.
   */
  hasLostNew = false;
  readonly method: string;
  /** True until a byte of the response is read, if the request may be sent a second time (RFC 9110 §9.2.2). */
  isRepeatable: boolean;
  /** performance.now() when it was queued; set only in a pool with a limit of connections. */
  waitsSince = 0;

  constructor(
    /** The whole head, Latin-1; empty once it is not needed any more. */
    public head: string,
    public body: Buffer | Readable | null,
    /** Length of a streamed body in bytes; undefined for a chunked one. */
    readonly length: number | undefined,
    { method, isCounted = false }: Pick<UpstreamRequest, 'method' | 'isCounted'>,
    readonly observer: UpstreamObserver,
    private readonly queue: WaitQueue<UpstreamExchange>,
  ) {
    this.method = method;
    this.isRepeatable = !isCounted && IDEMPOTENT.has(method) && (body === null || Buffer.isBuffer(body));
  }

  /** `connection` carries the exchange from now on. */
  attach(connection: ExchangeConnection): void {
    this.connection = connection;
  }

  /** The request is about to be written. */
  markSent(): void {
    if (!this.isRepeatable) this.forget();
    if (this.isSent) return;
    this.isSent = true;
    this.observer.onSending();
  }

  /** The request is not sent again. Frees it, because the response may stream for hours. */
  forget(): void {
    this.isRepeatable = false;
    this.head = '';
    this.body = null;
  }

  /** Its connection closed after the request was written; a new one is being opened for it alone. */
  repeat(): void {
    this.connection = OPENING;
  }

  /** Its connection closed before anything was written; the exchange waits for another one. */
  detach(wasNew: boolean): void {
    this.connection = undefined;
    this.hasLostNew ||= wasNew;
  }

  fail(error: UpstreamError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.observer.onError(error);
  }

  /** Ends the exchange and closes its connection, if it has one. The observer is not called any more. */
  abort(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.connection) return this.connection.destroy();
    this.forget();
    this.queue.noteOver();
  }

  /** Stops reading the response. Data that is already read is still delivered. */
  pause(): void {
    if (!this.isOver) this.connection?.pause();
  }

  /** Without effect after the end: the connection may serve another exchange by then. */
  resume(): void {
    if (!this.isOver) this.connection?.resume();
  }
}
