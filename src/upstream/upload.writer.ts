import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { UpstreamError } from './upstream.error.js';

const LAST_CHUNK = '0\r\n\r\n';

/** What becomes of an upload; one of them, once. */
export interface UploadObserver {
  /** Just before its first byte is written. */
  onBegin(): void;
  onWritten(): void;
  onFault(fault: UpstreamError): void;
}

/** Writes a body that comes in pieces, as fast as the upstream takes it. Its head leaves with its first piece, or with its end. */
export class UploadWriter {
  private head: string | undefined;
  private over = false;
  private waits = false;

  constructor(
    private readonly socket: Socket,
    private readonly body: Readable,
    head: string,
    /** Bytes to come; undefined for chunks. */
    private left: number | undefined,
    private readonly observer: UploadObserver,
  ) {
    this.head = head;
    body.on('data', this.onPiece).once('end', this.onEnd).once('close', this.onClose);
    if (body.readableEnded) process.nextTick(this.onEnd);
    else if (body.destroyed) process.nextTick(this.onClose);
    // One that was stopped before its first piece was left paused.
    else body.resume();
  }

  /** Lets go of both sides. A body of which nothing was taken waits for the next writer; nobody gets the rest of another. */
  stop(): void {
    if (this.over) return;
    this.letGo();
    if (this.head === undefined) this.body.destroy();
    else this.body.pause();
  }

  private readonly onPiece = (piece: Buffer): void => {
    if (this.left !== undefined && piece.length > this.left) return this.fail('it is longer than it said');
    const { length } = piece;
    this.socket.cork();
    this.begin();
    if (this.over) return this.socket.uncork();
    if (this.left === undefined) this.socket.write(`${length.toString(16)}\r\n`, 'latin1');
    else this.left -= length;
    this.socket.write(piece, () => release(piece));
    if (this.left === undefined) this.socket.write('\r\n', 'latin1');
    this.socket.uncork();
    if (this.socket.writableNeedDrain) this.hold();
  };

  private readonly onEnd = (): void => {
    if (this.over) return;
    if (this.left !== undefined && this.left > 0) return this.fail('it is shorter than it said');
    this.socket.cork();
    this.begin();
    if (!this.over && this.left === undefined) this.socket.write(LAST_CHUNK, 'latin1');
    this.socket.uncork();
    if (this.over) return;
    this.letGo();
    this.observer.onWritten();
  };

  private begin(): void {
    if (this.head === undefined) return;
    const { head } = this;
    this.head = undefined;
    this.observer.onBegin();
    if (!this.over) this.socket.write(head, 'latin1');
  }

  private hold(): void {
    this.body.pause();
    if (this.waits) return;
    this.waits = true;
    this.socket.once('drain', this.onDrain);
  }

  private readonly onDrain = (): void => {
    this.waits = false;
    this.body.resume();
  };

  private readonly onClose = (): void => {
    if (!this.over) this.fail('it broke off');
  };

  private letGo(): void {
    this.over = true;
    this.body.off('data', this.onPiece).off('end', this.onEnd).off('close', this.onClose);
    this.socket.off('drain', this.onDrain);
  }

  private fail(how: string): void {
    this.stop();
    this.observer.onFault(new UpstreamError('truncated_request', how));
  }
}

/**
 * Gives a piece's memory back as soon as the system has it: the garbage collector lets up to 64 MiB of such pieces gather
 * before it looks. Only of pieces that have their memory to themselves.
 */
function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && byteLength > 0) buffer.transfer(0);
}
