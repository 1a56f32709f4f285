import type { IncomingMessage } from 'node:http';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import type { DeadlineWatch, Watched } from '../../http/deadline.watch.js';
import type { Exchange } from '../../http/exchange.js';
import { SMALL_BODY_BYTES } from '../../http/request.body.js';
import { UploadRate } from '../../http/upload.rate.js';
import type { BodyInspector } from './inspected.js';

/** The beginning of a body with rules: read and inspected, not yet forwarded. */
export interface BodyPrefix {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  /** True for a whole body that is allowed. */
  readonly isComplete: boolean;
  /** Inspects the rest of the body. */
  readonly inspector: BodyInspector;
}

/**
 * Reads a body until the rules are decided, up to 64 KiB; a small body is read to its end. This comes before the request is
 * counted or sent, so a refusal costs no take. Rejects with the refusal. The request is paused afterwards.
 */
export function readBodyPrefix(
  exchange: Exchange,
  inspector: BodyInspector,
  watch: DeadlineWatch,
  stallMs: number,
): Promise<BodyPrefix> {
  return new Promise((resolve, reject) => {
    const reader = new PrefixReader(exchange, inspector, stallMs, (outcome) => {
      watch.remove(slot);
      if ('inspector' in outcome) resolve(outcome);
      else reject(outcome);
    });
    const slot = watch.add(reader);
    exchange.continueUpload();
    reader.start();
  });
}

class PrefixReader implements Watched {
  private readonly request: IncomingMessage;
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  /** Of the whole body; Infinity for one in chunks. */
  private readonly length: number;
  private readonly isSmall: boolean;
  private readonly startedAt = performance.now();
  private readonly rate = new UploadRate();
  private isInspecting = false;
  private hasEnded = false;
  private isSettled = false;

  constructor(
    exchange: Exchange,
    private readonly inspector: BodyInspector,
    private readonly stallMs: number,
    private readonly onSettled: (outcome: BodyPrefix | ApiError) => void,
  ) {
    this.request = exchange.request;
    this.length = exchange.bodyLength ?? Infinity;
    this.isSmall = this.length <= SMALL_BODY_BYTES;
  }

  start(): void {
    if (this.request.destroyed) return this.settle(errors.bodyTruncated());
    this.request.on('data', this.onData).on('end', this.onEnd).on('close', this.onClose);
  }

  check(now: number): void {
    if (now - this.startedAt > this.stallMs || this.rate.isTrickle(now)) this.settle(errors.requestTimeout());
  }

  /** The next piece waits for the inspection of this one. */
  private readonly onData = (chunk: Buffer): void => {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.rate.add(chunk.length, performance.now());
    this.isInspecting = true;
    this.inspector.push(chunk, this.onInspected);
    if (this.isInspecting) this.request.pause();
  };

  private readonly onInspected = (refusal: ApiError | undefined): void => {
    this.isInspecting = false;
    if (this.isSettled) return;
    if (refusal) this.settle(refusal);
    else if (this.hasEnded) this.finish();
    else if (this.mayGoOn) this.settle(this.prefix(false));
    else this.request.resume();
  };

  /** The rest may be checked while it is forwarded. A body that is here to its last byte has its final checks first. */
  private get mayGoOn(): boolean {
    if (this.isSmall || this.bytes === this.length) return false;
    return this.inspector.isDecided || this.bytes >= SMALL_BODY_BYTES;
  }

  private readonly onEnd = (): void => {
    this.hasEnded = true;
    if (!this.isInspecting) this.finish();
  };

  private readonly onClose = (): void => {
    if (!this.hasEnded) this.settle(errors.bodyTruncated());
  };

  private finish(): void {
    this.inspector.end((refusal) => this.settle(refusal ?? this.prefix(true)));
  }

  private prefix(isComplete: boolean): BodyPrefix {
    return { chunks: this.chunks, bytes: this.bytes, isComplete, inspector: this.inspector };
  }

  private settle(outcome: BodyPrefix | ApiError): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.request.off('data', this.onData).off('end', this.onEnd).off('close', this.onClose).pause();
    if (!('inspector' in outcome)) this.inspector.close();
    this.onSettled(outcome);
  }
}
