import type { Readable } from 'node:stream';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import type { Exchange } from '../../http/exchange.js';
import { type BodyReceiver, collect, SMALL_BODY_BYTES, UploadStream } from '../../http/request.body.js';
import { UploadRate } from '../../http/upload.rate.js';
import type { BodyPrefix } from '../body/body.prefix.js';
import { CheckedUpload } from '../body/checked.upload.js';
import type { BodyTap, BodyTaps } from './body.taps.js';

export interface UploadReceiver {
  /** Called once: no body, a small one as a whole, or a stream of the rest. */
  onUpload(body: Buffer | Readable | null): void;
  /** The body is too large or breaks a rule. */
  onUploadRefused(error: ApiError): void;
}

/** The client's body on its way upstream, in the framing it came with: counted, timed and bounded. */
export class UploadSource implements BodyReceiver {
  /** performance.now() of the last byte. */
  lastAt = performance.now();
  private readonly rate = new UploadRate();
  private readonly tap: BodyTap | undefined;
  private stream: Readable | undefined;
  private isStopped = false;
  private hasStarted = false;

  constructor(
    private readonly exchange: Exchange,
    /** 0 = no limit. */
    private readonly maxBytes: number,
    private readonly taps: BodyTaps,
    private readonly receiver: UploadReceiver,
  ) {
    this.tap = taps.request(exchange);
  }

  /** `prefix` is what a rule has read already. */
  start(prefix: BodyPrefix | undefined): void {
    const { bodyLength, request } = this.exchange;
    if (prefix) return this.startAfter(prefix);
    if (bodyLength === 0) {
      this.tap?.end(true);
      return this.receiver.onUpload(null);
    }
    this.exchange.continueUpload();
    if (bodyLength !== undefined && bodyLength <= SMALL_BODY_BYTES) collect(request, this);
    else this.startStream(new UploadStream(request));
  }

  stop(): void {
    this.isStopped = true;
    this.tap?.end(this.exchange.request.complete);
    this.stream?.destroy();
  }

  /** Since when the client owes the next bytes of its body; undefined while it owes none. A trickle counts as a stall. */
  clientOwesSince(now: number): number | undefined {
    if (this.stream?.readableLength) {
      // Back pressure of the upstream pauses the client.
      this.rate.forget();
      return undefined;
    }
    if (this.exchange.request.complete) return undefined;
    return this.rate.isTrickle(now) ? -Infinity : this.lastAt;
  }

  onUploaded(bytes: number): void {
    this.lastAt = performance.now();
    this.rate.add(bytes, this.lastAt);
    this.exchange.bytesIn += bytes;
    if (this.maxBytes > 0 && this.exchange.bytesIn > this.maxBytes)
      this.receiver.onUploadRefused(errors.bodyTooLarge(this.maxBytes));
  }

  onCollected(body: Buffer): void {
    if (this.isStopped) return;
    this.see(body);
    this.receiver.onUpload(body);
  }

  private startAfter(prefix: BodyPrefix): void {
    this.onUploaded(prefix.bytes);
    if (this.isStopped) return;
    for (const piece of prefix.chunks) this.see(piece);
    if (prefix.isComplete && this.exchange.bodyLength !== undefined)
      return this.receiver.onUpload(Buffer.concat(prefix.chunks));
    this.startStream(new CheckedUpload(this.exchange, prefix, (error) => this.receiver.onUploadRefused(error)));
  }

  private startStream(stream: Readable): void {
    this.exchange.request.on('data', (piece: Buffer) => {
      this.see(piece);
      this.onUploaded(piece.length);
    });
    this.stream = stream;
    stream.on('error', () => undefined);
    this.receiver.onUpload(stream);
  }

  /** A copy: the upload writer frees the memory of a piece after it is written. */
  private see(piece: Buffer): void {
    if (!this.hasStarted) this.taps.requestStart(this.exchange, piece);
    this.hasStarted = true;
    this.tap?.write(Buffer.from(piece));
  }
}
