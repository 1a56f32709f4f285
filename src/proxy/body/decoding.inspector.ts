import { errors } from '../../common/errors/errors.js';
import type { ApiError } from '../../common/errors/api.error.js';
import type { Decoder } from './content.coding.js';
import type { BodyInspector, Inspected } from './inspected.js';

/** A body that decodes to more is not inspected. */
export const MAX_DECODED_BYTES = 256 * 1024 * 1024;
/** A larger body that decodes to more than this times its size is a decompression bomb. */
export const MAX_RATIO = 100;
const FREE_BYTES = 1024 * 1024;

/**
 * Checks a body through its content coding. Only the inspection sees the decoded bytes, a piece at a time; what is forwarded
 * stays encoded. Each piece is decoded and inspected to its end before the next one is taken.
 */
export class DecodingInspector implements BodyInspector {
  private received = 0;
  private decoded = 0;
  private report: Inspected = () => undefined;
  private refusal: ApiError | undefined;
  private isEnding = false;
  private isWritten = false;
  private isScanning = false;

  constructor(
    private readonly decoder: Decoder,
    private readonly inner: BodyInspector,
  ) {
    decoder.on('data', (piece: Buffer) => this.onDecoded(piece));
    decoder.on('end', () => this.onEnd());
    decoder.on('error', () => this.refuse('it is not valid in its content coding'));
  }

  get isDecided(): boolean {
    return this.inner.isDecided && this.refusal === undefined;
  }

  push(piece: Buffer, then: Inspected): void {
    this.report = then;
    this.received += piece.length;
    this.isWritten = false;
    if (this.refusal || this.decoder.destroyed) return this.refuse('other data follows the end of its content coding');
    this.decoder.write(piece, () => {
      this.isWritten = true;
      this.settle();
    });
  }

  end(then: Inspected): void {
    this.report = then;
    this.isEnding = true;
    if (this.refusal || this.decoder.destroyed) return this.refuse('it ends early');
    this.decoder.end();
  }

  close(): void {
    this.decoder.destroy();
  }

  private onDecoded(piece: Buffer): void {
    this.decoded += piece.length;
    if (this.decoded > MAX_DECODED_BYTES)
      return this.refuse(`it is larger than ${MAX_DECODED_BYTES} bytes when decoded`);
    if (this.decoded > Math.max(FREE_BYTES, MAX_RATIO * this.received))
      return this.refuse(`it is more than ${MAX_RATIO} times as large when decoded`);
    this.isScanning = true;
    this.decoder.pause();
    this.inner.push(piece, (refusal) => this.onScanned(refusal));
  }

  private onScanned(refusal: ApiError | undefined): void {
    this.isScanning = false;
    if (refusal) return this.fail(refusal);
    this.decoder.resume();
    this.settle();
  }

  /** The decoder says when a piece is decoded; its last output may still wait to be inspected. */
  private settle(): void {
    if (!this.isWritten || this.isEnding || this.isScanning || this.decoder.readableLength > 0) return;
    this.isWritten = false;
    this.report(this.refusal);
  }

  private onEnd(): void {
    if (!this.isEnding || this.decoder.bytesWritten < this.received)
      return this.refuse('other data follows the end of its content coding');
    this.inner.end(this.report);
  }

  private refuse(problem: string): void {
    this.fail(errors.bodyNotReadable(problem));
  }

  private fail(refusal: ApiError): void {
    const isFirst = this.refusal === undefined;
    this.refusal ??= refusal;
    this.decoder.destroy();
    if (isFirst) this.report(this.refusal);
  }
}
