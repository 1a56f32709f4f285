import type { Socket } from 'node:net';
import { ResponseParser, type ResponseObserver } from './response.parser.js';
import type { ResponseHead } from './response.head.js';
import { UploadWriter } from './upload.writer.js';
import type { ExchangeConnection, UpstreamExchange } from './upstream.exchange.js';
import { UpstreamError } from './upstream.error.js';

/** Up to this, head and body are copied into one piece: cheaper than writing two. */
const MAX_JOINED_BYTES = 4000;

/** What is read in one turn of the event loop before others get theirs: the system would go on for 2 MiB. */
const MAX_BYTES_A_TURN = 256 * 1024;
/** Smaller reads are not counted: who sends fast fills what is read into, or at least a record of TLS. */
const LARGE_READ_BYTES = 16 * 1024;

/** Where connections come from, and go back to. */
export interface ConnectionOwner {
  /** It may serve another request, within so many milliseconds if the upstream said. */
  onIdle(connection: UpstreamConnection, keepAliveMs: number | undefined): void;
  /** It is gone. An exchange of which nothing was written is given back with it. */
  onClosed(connection: UpstreamConnection, unsent: UpstreamExchange | undefined): void;
}

/** One connection to an upstream, and on it one exchange after another. */
export class UpstreamConnection implements ResponseObserver, ExchangeConnection {
  private exchange: UpstreamExchange | undefined;
  private reader: ResponseParser | undefined;
  private upload: UploadWriter | undefined;
  private isClosed = false;
  private isPaused = false;
  private readInTurn = 0;
  /** performance.now() from which it is no longer used; meaningful while idle, 0 as long as it never was. */
  usableUntil = 0;

  constructor(
    private readonly socket: Socket,
    private readonly owner: ConnectionOwner,
  ) {
    socket
      .on('error', (error) => this.fail(new UpstreamError('reset', 'the connection broke', error)))
      .on('end', () => this.onEndOfStream())
      .on('close', () => this.onClose());
  }

  /** Every byte that comes, in a piece of memory that is used again after this. */
  onRead(bytes: Buffer, length: number): void {
    const { reader } = this;
    if (this.isClosed) return;
    // Said before a request, or after the end of an answer: it must never be taken for the next one's.
    if (!reader || !this.exchange?.isSent) return this.destroy();
    if (length >= LARGE_READ_BYTES) this.countRead(length);
    try {
      const taken = reader.read(bytes, length);
      if (reader.isOver && !this.isClosed) this.finish(reader, taken === length);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      this.fail(error);
    }
  }

  /** To be called while it is idle, and open. */
  send(exchange: UpstreamExchange): void {
    this.exchange = exchange;
    this.reader = new ResponseParser(this, exchange.isHead);
    exchange.begin(this);
    const { body, head, length } = exchange;
    if (body !== null && !Buffer.isBuffer(body)) {
      this.upload = new UploadWriter(this.socket, body, head, length, {
        onBegin: () => exchange.sending(),
        onWritten: () => (this.upload = undefined),
        onFault: (fault) => this.fail(fault),
      });
      return;
    }
    exchange.sending();
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
    if (this.isHeard) this.exchange!.observer.onInformational(head);
  }

  onHead(head: ResponseHead): void {
    if (this.isHeard) this.exchange!.observer.onHead(head);
  }

  onData(bytes: Buffer): void {
    if (this.isHeard) this.exchange!.observer.onData(bytes);
  }

  onEnd(trailers: string[]): void {
    if (!this.isHeard) return;
    this.exchange!.isOver = true;
    this.exchange!.observer.onEnd(trailers);
  }

  /** What one read holds may go on when its first word has ended the exchange. */
  private get isHeard(): boolean {
    return this.exchange !== undefined && !this.exchange.isOver;
  }

  /** Who sends faster than is passed on waits for the next turn, and holds up nobody. */
  private countRead(length: number): void {
    if (this.readInTurn === 0) setImmediate(this.onNextTurn);
    this.readInTurn += length;
    if (this.readInTurn >= MAX_BYTES_A_TURN) this.socket.pause();
  }

  private readonly onNextTurn = (): void => {
    const waits = this.readInTurn >= MAX_BYTES_A_TURN && !this.isPaused && !this.isClosed;
    this.readInTurn = 0;
    if (waits) this.socket.resume();
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

  /** An answer that came before the upstream had the whole request, or with more behind it, is the connection's last. */
  private finish(reader: ResponseParser, nothingBehind: boolean): void {
    const { keepAlive } = reader;
    const isWritten = !this.upload && this.socket.writableLength === 0;
    if (!keepAlive || !nothingBehind || !isWritten || this.socket.destroyed) return this.destroy();
    this.exchange = undefined;
    this.reader = undefined;
    this.resume();
    this.owner.onIdle(this, keepAlive.ms);
  }

  private onEndOfStream(): void {
    if (!this.reader || !this.exchange?.isSent) return this.destroy();
    try {
      this.reader.close();
      this.destroy();
    } catch (error) {
      this.fail(error as UpstreamError);
    }
  }

  private fail(fault: UpstreamError): void {
    const { exchange } = this;
    if (exchange?.isSent || fault.kind !== 'reset') exchange?.fail(fault);
    this.destroy();
  }

  private onClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const { exchange } = this;
    this.upload?.stop();
    this.exchange = this.reader = this.upload = undefined;
    if (exchange?.isSent) exchange.fail(new UpstreamError('reset', 'the connection was closed'));
    this.owner.onClosed(this, exchange?.isOver ? undefined : exchange);
  }
}
