import type { Socket } from 'node:net';
import { ResponseParser, type ResponseObserver } from './response.parser.js';
import type { ResponseHead } from './response.head.js';
import { UploadWriter } from './upload.writer.js';
import type { ExchangeConnection, UpstreamExchange } from './upstream.exchange.js';
import { UpstreamError } from './upstream.error.js';

/** Up to this size head and body are copied into one buffer, which is cheaper than two writes. */
const MAX_JOINED_BYTES = 4000;

/** Limit of what one connection reads in a turn of the event loop, so that others get theirs: libuv would read up to 2 MiB. */
const MAX_BYTES_A_TURN = 256 * 1024;
/** Smaller reads are not counted: a fast sender fills the read buffer, or at least a TLS record. */
const LARGE_READ_BYTES = 16 * 1024;

/** Receives a connection that becomes idle or closes. */
export interface ConnectionOwner {
  /** The connection may serve another request. `keepAliveMs`: how long the upstream says it waits for one. */
  onIdle(connection: UpstreamConnection, keepAliveMs: number | undefined): void;
  /** The connection is closed. `unserved`: its exchange, if nothing of it was written or it may be sent again. */
  onClosed(connection: UpstreamConnection, unserved: UpstreamExchange | undefined): void;
}

/** One connection to an upstream. It serves one exchange after another. */
export class UpstreamConnection implements ResponseObserver, ExchangeConnection {
  private exchange: UpstreamExchange | undefined;
  private parser: ResponseParser | undefined;
  private upload: UploadWriter | undefined;
  private isClosed = false;
  private isPaused = false;
  private readInTurn = 0;
  /** performance.now() at which an idle connection expires; 0 until the connection is idle for the first time. */
  usableUntil = 0;

  constructor(
    private readonly socket: Socket,
    private readonly owner: ConnectionOwner,
    /** performance.now() after which no exchange begins on it. */
    readonly retiresAt: number,
  ) {
    socket
      .on('error', (error) => this.fail(new UpstreamError('reset', 'the connection broke', error)))
      .on('end', () => this.onEndOfStream())
      .on('close', () => this.onClose());
  }

  /** Called for every read. The memory of `bytes` is reused after the call. */
  onRead(bytes: Buffer, length: number): void {
    const { parser } = this;
    if (this.isClosed) return;
    // Bytes before a request or after the end of a response must never count as the next response.
    if (!parser || !this.exchange?.isSent) return this.destroy();
    if (length >= LARGE_READ_BYTES) this.countRead(length);
    try {
      const taken = parser.read(bytes, length);
      if (parser.isOver && !this.isClosed) this.finish(parser, taken === length);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      this.fail(error);
    }
  }

  /** To be called on an open, idle connection. */
  send(exchange: UpstreamExchange): void {
    this.exchange = exchange;
    this.parser = new ResponseParser(this, exchange.method === 'HEAD');
    exchange.attach(this);
    const { body, head, length } = exchange;
    if (body !== null && !Buffer.isBuffer(body)) {
      this.upload = new UploadWriter(this.socket, body, head, length, {
        onBegin: () => exchange.markSent(),
        onWritten: () => (this.upload = undefined),
        onError: (error) => this.fail(error),
      });
      return;
    }
    exchange.markSent();
    if (!exchange.isOver) this.write(head, body);
  }

  pause(): void {
    this.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    this.isPaused = false;
    if (this.readInTurn < MAX_BYTES_A_TURN) this.socket.resume();
  }

  destroy(): void {
    this.socket.destroy();
    this.onClose();
  }

  onInformational(head: ResponseHead): void {
    if (this.isObserved) this.exchange!.observer.onInformational(head);
  }

  onHead(head: ResponseHead): void {
    if (this.exchange?.isRepeatable) this.exchange.forget();
    if (this.isObserved) this.exchange!.observer.onHead(head);
  }

  onData(bytes: Buffer): void {
    if (this.isObserved) this.exchange!.observer.onData(bytes);
  }

  onEnd(trailers: string[]): void {
    if (!this.isObserved) return;
    this.exchange!.isOver = true;
    this.exchange!.observer.onEnd(trailers);
  }

  /** An observer may abort the exchange while the parser is still inside one read. */
  private get isObserved(): boolean {
    return this.exchange !== undefined && !this.exchange.isOver;
  }

  /** Pauses a connection that has used up its turn until the next one. */
  private countRead(length: number): void {
    if (this.readInTurn === 0) setImmediate(this.onNextTurn);
    this.readInTurn += length;
    if (this.readInTurn >= MAX_BYTES_A_TURN) this.socket.pause();
  }

  private readonly onNextTurn = (): void => {
    const mayResume = this.readInTurn >= MAX_BYTES_A_TURN && !this.isPaused && !this.isClosed;
    this.readInTurn = 0;
    if (mayResume) this.socket.resume();
  };

  private write(head: string, body: Buffer | null): void {
    const { socket } = this;
    if (body === null) return void socket.write(head, 'latin1');
    if (head.length + body.length <= MAX_JOINED_BYTES) {
      const whole = Buffer.allocUnsafe(head.length + body.length);
      whole.write(head, 0, 'latin1');
      body.copy(whole, head.length);
      return void socket.write(whole);
    }
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
  }

  /** Closes the connection if the response came before the whole request was written, or if bytes follow the response. */
  private finish(parser: ResponseParser, nothingFollows: boolean): void {
    const { keepAlive } = parser;
    const isWritten = !this.upload && this.socket.writableLength === 0;
    if (!keepAlive || !nothingFollows || !isWritten || this.socket.destroyed) return this.destroy();
    this.exchange = undefined;
    this.parser = undefined;
    this.resume();
    this.owner.onIdle(this, keepAlive.ms);
  }

  private onEndOfStream(): void {
    if (!this.parser || !this.exchange?.isSent) return this.destroy();
    const { errored } = this.socket;
    if (errored) return this.fail(new UpstreamError('reset', 'the connection broke', errored));
    try {
      this.parser.close();
      this.destroy();
    } catch (error) {
      this.fail(error as UpstreamError);
    }
  }

  private fail(error: UpstreamError): void {
    const { exchange } = this;
    if (error.kind !== 'reset' || (exchange?.isSent && !this.mayRepeat)) exchange?.fail(error);
    this.destroy();
  }

  /**
   * True when a reused connection has closed before a byte of the response: the upstream had probably closed it before
   * the request came. A new connection shows whether that is so.
   */
  private get mayRepeat(): boolean {
    return this.exchange!.isRepeatable && this.usableUntil > 0 && !this.parser!.hasBegun;
  }

  private onClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const { exchange } = this;
    this.upload?.stop();
    if (exchange?.isSent && !this.mayRepeat) exchange.fail(new UpstreamError('reset', 'the connection was closed'));
    this.exchange = this.parser = this.upload = undefined;
    this.owner.onClosed(this, exchange?.isOver ? undefined : exchange);
  }
}
