import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ApiError } from '../../common/errors/api.error.js';
import type { Exchange } from '../../http/exchange.js';
import { SMALL_BODY_BYTES } from '../../http/request.body.js';
import type { BodyPrefix } from './body.prefix.js';

/**
 * A body with rules as a stream to the upstream: first its prefix, then the rest, each piece inspected before it is
 * forwarded. A refused piece is not forwarded and nothing after it, so the upstream never receives the whole body.
 */
export class CheckedUpload extends Readable {
  private readonly request: IncomingMessage;
  private readonly length: number | undefined;
  private readonly prefixChunks: Buffer[];
  private bytes: number;

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
    else this.request.resume();
  }

  /** The server reads and discards the rest of the request body. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.request.off('data', this.onData).off('end', this.onEnd);
    done(error);
  }

  /** The last piece of a body with a known length completes it, so the final checks run before that piece is pushed. */
  private readonly onData = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    const { inspector } = this.prefix;
    const refusal = inspector.push(chunk) ?? (this.bytes === this.length ? inspector.end() : undefined);
    if (refusal) this.refuse(refusal);
    else if (!this.push(chunk)) this.request.pause();
  };

  private readonly onEnd = (): void => {
    const refusal = this.bytes === this.length ? undefined : this.prefix.inspector.end();
    if (refusal) this.refuse(refusal);
    else this.push(null);
  };
}
