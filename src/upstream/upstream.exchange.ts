import type { Readable } from 'node:stream';
import type { ResponseObserver } from './response.parser.js';
import type { UpstreamError } from './upstream.error.js';
import type { WaitQueue } from './wait.queue.js';

/** Is told what becomes of an exchange: after `onEnd` or `onFault` nothing more. */
export interface ExchangeObserver extends ResponseObserver {
  /** Just before the first byte is written: from here on it may reach the upstream. */
  onSending(): void;
  onError(fault: UpstreamError): void;
}

/** The connection that carries an exchange, as far as the exchange uses it. */
export interface ExchangeConnection {
  pause(): void;
  resume(): void;
  destroy(): void;
}

/** One request on its way and the answer to it. */
export class UpstreamExchange {
  private connection: ExchangeConnection | undefined;
  /** Nothing more is told of it. */
  isOver = false;
  /** From `sending()` on. */
  isSent = false;
  /**
   * A new connection closed before anything was written on it: another is opened, once. Used ones that were closed
   * meanwhile do not count, however many there are.
   */
  hasLostNew = false;

  constructor(
    /** The whole head, Latin-1; empty when it was sent, or nobody will send it. */
    public head: string,
    public body: Buffer | Readable | null,
    /** Of a body that is a stream: its length, or undefined for chunks. */
    readonly length: number | undefined,
    readonly isHead: boolean,
    readonly observer: ExchangeObserver,
    private readonly queue: WaitQueue<UpstreamExchange>,
  ) {}

  /** The connection it is on from now on. */
  begin(connection: ExchangeConnection): void {
    this.connection = connection;
  }

  /** From here on a byte may have reached the upstream, and nobody needs the request again: a stream may last for hours. */
  sending(): void {
    this.isSent = true;
    this.head = '';
    this.body = null;
    this.observer.onSending();
  }

  /** Waits again: its connection failed before anything was written. */
  waitAgain(wasNew: boolean): void {
    this.connection = undefined;
    this.hasLostNew ||= wasNew;
  }

  /** Told at most once, and not to whom has let go of it. */
  fail(fault: UpstreamError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.observer.onError(fault);
  }

  /** Lets go of it, with its connection when it had got one. Nothing is told any more. */
  abort(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.connection) return this.connection.destroy();
    this.head = '';
    this.body = null;
    this.queue.noteOver();
  }

  /** What was read already still comes. */
  pause(): void {
    if (!this.isOver) this.connection?.pause();
  }

  /** Not after its end: the connection may serve another one by then, which has its own pauses. */
  resume(): void {
    if (!this.isOver) this.connection?.resume();
  }
}
