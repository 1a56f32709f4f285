import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { UpstreamError } from './upstream.error.js';

const LAST_CHUNK = '0\r\n\r\n';

/** Observes an upload. After `onWritten` or `onError` nothing more is called. */
export interface UploadObserver {
  /** Called just before the first byte is written. */
  onBegin(): void;
  onWritten(): void;
  onError(error: UpstreamError): void;
}

/**
 * Writes a streamed body as fast as the upstream reads it. The head is written together with the first piece, or with the
 * end of an empty body.
 */
export class UploadWriter {
  /** Undefined once it is written. */
  private head: string | undefined;
  private isStopped = false;
  private awaitsDrain = false;

  constructor(
    private readonly socket: Socket,
    private readonly body: Readable,
    head: string,
    /** Bytes of the body that are not written yet; undefined for a chunked body. */
    private remaining: number | undefined,
    private readonly observer: UploadObserver,
  ) {
    this.head = head;
    body.on('data', this.onPiece).once('end', this.onEnd).once('close', this.onClose);
    if (body.readableEnded) process.nextTick(this.onEnd);
    else if (body.destroyed) process.nextTick(this.onClose);
    // An earlier writer that was stopped before the first piece has paused it.
    else body.resume();
  }

  /** Stops writing. A body that has not begun is paused for the next writer; a body that has begun is destroyed. */
  stop(): void {
    if (this.isStopped) return;
    this.detach();
    if (this.head === undefined) this.body.destroy();
    else this.body.pause();
  }

  private readonly onPiece = (piece: Buffer): void => {
    if (this.remaining !== undefined && piece.length > this.remaining)
      return this.fail('the request body is longer than its length');
    const { length } = piece;
    this.socket.cork();
    this.begin();
    if (this.isStopped) return this.socket.uncork();
    if (this.remaining === undefined) this.socket.write(`${length.toString(16)}\r\n`, 'latin1');
    else this.remaining -= length;
    this.socket.write(piece, () => release(piece));
    if (this.remaining === undefined) this.socket.write('\r\n', 'latin1');
    this.socket.uncork();
    if (this.socket.writableNeedDrain) this.awaitDrain();
  };

  private readonly onEnd = (): void => {
    if (this.isStopped) return;
    if (this.remaining !== undefined && this.remaining > 0)
      return this.fail('the request body is shorter than its length');
    this.socket.cork();
    this.begin();
    if (!this.isStopped && this.remaining === undefined) this.socket.write(LAST_CHUNK, 'latin1');
    this.socket.uncork();
    if (this.isStopped) return;
    this.detach();
    this.observer.onWritten();
  };

  private begin(): void {
    if (this.head === undefined) return;
    const { head } = this;
    this.head = undefined;
    this.observer.onBegin();
    if (!this.isStopped) this.socket.write(head, 'latin1');
  }

  private awaitDrain(): void {
    this.body.pause();
    if (this.awaitsDrain) return;
    this.awaitsDrain = true;
    this.socket.once('drain', this.onDrain);
  }

  private readonly onDrain = (): void => {
    this.awaitsDrain = false;
    this.body.resume();
  };

  private readonly onClose = (): void => {
    if (!this.isStopped) this.fail('the request body ended early');
  };

  private detach(): void {
    this.isStopped = true;
    this.body.off('data', this.onPiece).off('end', this.onEnd).off('close', this.onClose);
    this.socket.off('drain', this.onDrain);
  }

  private fail(message: string): void {
    this.stop();
    this.observer.onError(new UpstreamError('truncated_request', message));
  }
}

/**
 * Frees the memory of a piece as soon as the operating system has the bytes; the garbage collector would let up to 64 MiB
 * of such pieces gather. A piece that shares its memory is left alone.
 */
function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && byteLength > 0) buffer.transfer(0);
}
