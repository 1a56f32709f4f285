import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ApiError } from '../../common/errors/api.error.js';
import type { BodyPrefix } from './body.prefix.js';
import type { Exchange } from '../../http/exchange.js';
import { SMALL_BODY_BYTES } from '../../http/request.body.js';

/**
 * A ruled body on its way upstream: what was held first, then the rest as it comes, each piece judged before it is
 * passed on. What breaks a rule is not passed on, nor is anything after it, so that the upstream never has the whole.
 */
export class CheckedUpload extends Readable {
  private readonly request: IncomingMessage;
  private readonly length: number | undefined;
  private readonly heldChunks: Buffer[];
  private bytes: number;

  constructor(
    exchange: Pick<Exchange, 'request' | 'bodyLength'>,
    private readonly held: BodyPrefix,
    private readonly refuse: (fault: ApiError) => void,
  ) {
    super({ highWaterMark: SMALL_BODY_BYTES });
    this.request = exchange.request;
    this.length = exchange.bodyLength;
    this.bytes = held.bytes;
    this.heldChunks = [...held.chunks];
    if (!held.isComplete) this.request.on('data', this.onData).once('end', this.onEnd).pause();
  }

  /** Nothing is pushed before somebody reads: what was held waits for a connection, too. */
  override _read(): void {
    const held = this.heldChunks.splice(0);
    for (const chunk of held) this.push(chunk);
    if (held.length > 0) return;
    if (this.held.isComplete) this.push(null);
    else this.request.resume();
  }

  /** Whatever is still to come from the client is read and thrown away by the server. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.request.off('data', this.onData).off('end', this.onEnd);
    done(error);
  }

  /** With a known length the last piece completes the body: the last word on it has to come before. */
  private readonly onData = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    const { scan } = this.held;
    const fault = scan.push(chunk) ?? (this.bytes === this.length ? scan.end() : undefined);
    if (fault) this.refuse(fault);
    else if (!this.push(chunk)) this.request.pause();
  };

  private readonly onEnd = (): void => {
    const fault = this.bytes === this.length ? undefined : this.held.scan.end();
    if (fault) this.refuse(fault);
    else this.push(null);
  };
}
