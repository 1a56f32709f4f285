import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ApiError } from '../../common/errors/api.error.js';
import type { Exchange } from '../../http/exchange.js';
import { SMALL_BODY_BYTES } from '../../http/request.body.js';
import type { BodyPrefix } from './body.prefix.js';
import type { Inspected } from './inspected.js';

/**
 * A body with rules as a stream to the upstream: first its prefix, then the rest, each piece inspected before it is
 * forwarded. A refused piece is not forwarded and nothing after it, so the upstream never receives the whole body.
 */
export class CheckedUpload extends Readable {
  private readonly request: IncomingMessage;
  private readonly length: number | undefined;
  private readonly prefixChunks: Buffer[];
  private bytes: number;
  private isInspecting = false;
  private hasEnded = false;
  /** The final checks have passed. */
  private isChecked = false;

  constructor(
    exchange: Pick<Exchange, 'request' | 'bodyLength'>,
    private readonly prefix: BodyPrefix,
    private readonly refuse: (refusal: ApiError) => void,
  ) {
    super({ highWaterMark: SMALL_BODY_BYTES });
    this.request = exchange.request;
    this.length = exchange.bodyLength;
    this.bytes = prefix.bytes;
    this.prefixChunks = [...prefix.chunks];
    if (!prefix.isComplete) this.request.on('data', this.onData).once('end', this.onEnd).pause();
  }

  /** Nothing is pushed before the first read: the prefix, too, waits for an upstream connection. */
  override _read(): void {
    const chunks = this.prefixChunks.splice(0);
    for (const chunk of chunks) this.push(chunk);
    if (chunks.length > 0) return;
    if (this.prefix.isComplete) this.push(null);
    else if (this.request.readableEnded) this.onEnd();
    else if (!this.isInspecting) this.request.resume();
  }

  /** The server reads and discards the rest of the request body. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.request.off('data', this.onData).off('end', this.onEnd);
    this.prefix.inspector.close();
    done(error);
  }

  private readonly onData = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    this.isInspecting = true;
    this.prefix.inspector.push(chunk, (refusal) => this.onInspected(refusal, chunk));
    if (this.isInspecting) this.request.pause();
  };

  /** The last piece of a body with a known length completes it, so the final checks run before that piece is pushed. */
  private onInspected(refusal: ApiError | undefined, chunk: Buffer): void {
    if (refusal || this.bytes !== this.length) this.pass(refusal, chunk);
    else this.check((last) => this.pass(last, chunk));
  }

  private pass(refusal: ApiError | undefined, chunk: Buffer): void {
    this.isInspecting = false;
    if (this.destroyed) return;
    if (refusal) return this.refuse(refusal);
    const hasRoom = this.push(chunk);
    if (this.hasEnded) this.finish();
    else if (hasRoom) this.request.resume();
    else this.request.pause();
  }

  private readonly onEnd = (): void => {
    if (this.hasEnded) return;
    this.hasEnded = true;
    if (!this.isInspecting) this.finish();
  };

  private finish(): void {
    if (this.isChecked) this.push(null);
    else this.check((refusal) => (refusal ? this.refuse(refusal) : this.push(null)));
  }

  private check(then: Inspected): void {
    this.isChecked = true;
    this.prefix.inspector.end(then);
  }
}
