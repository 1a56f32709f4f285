import type { IncomingMessage } from 'node:http';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import type { BodyInspector } from './body.inspector.js';
import type { DeadlineWatch, Watched } from '../../http/deadline.watch.js';
import type { Exchange } from '../../http/exchange.js';
import { SMALL_BODY_BYTES } from '../../http/request.body.js';
import { UploadRate } from '../../http/upload.rate.js';

/** The beginning of a ruled body: read, judged so far, and not sent yet. */
export interface BodyPrefix {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  /** Nothing more comes, and nothing is wrong with it. */
  readonly isComplete: boolean;
  readonly scan: BodyInspector;
}

/**
 * Reads a body until its rules have decided, and at most 64 KiB of it; a small one to its end. Nothing is taken and
 * nothing sent before that, so a refusal here costs nothing. Rejects with the refusal; the request is left paused.
 */
export function readBodyPrefix(
  exchange: Exchange,
  scan: BodyInspector,
  watch: DeadlineWatch,
  stallMs: number,
): Promise<BodyPrefix> {
  return new Promise((resolve, reject) => {
    const hold = new BodyHold(exchange, scan, stallMs, (outcome) => {
      watch.remove(place);
      if ('scan' in outcome) resolve(outcome);
      else reject(outcome);
    });
    const place = watch.add(hold);
    exchange.continueUpload();
    hold.start();
  });
}

class BodyHold implements Watched {
  private readonly request: IncomingMessage;
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private readonly isSmall: boolean;
  private readonly startedAt = performance.now();
  private readonly rate = new UploadRate();

  constructor(
    exchange: Exchange,
    private readonly scan: BodyInspector,
    private readonly stallMs: number,
    private readonly settled: (outcome: BodyPrefix | ApiError) => void,
  ) {
    this.request = exchange.request;
    this.isSmall = (exchange.bodyLength ?? Infinity) <= SMALL_BODY_BYTES;
  }

  start(): void {
    if (this.request.destroyed) return this.settle(errors.bodyTruncated());
    this.request.on('data', this.onData).on('end', this.onEnd).on('close', this.onClose);
  }

  check(now: number): void {
    if (now - this.startedAt > this.stallMs || this.rate.isTrickle(now)) this.settle(errors.requestTimeout());
  }

  private readonly onData = (chunk: Buffer): void => {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.rate.add(chunk.length, performance.now());
    const fault = this.scan.push(chunk);
    if (fault) this.settle(fault);
    else if (!this.isSmall && (this.scan.isDecided || this.bytes >= SMALL_BODY_BYTES)) this.settle(this.held(false));
  };

  private readonly onEnd = (): void => {
    this.settle(this.scan.end() ?? this.held(true));
  };

  private readonly onClose = (): void => {
    this.settle(errors.bodyTruncated());
  };

  private held(isComplete: boolean): BodyPrefix {
    return { chunks: this.chunks, bytes: this.bytes, isComplete, scan: this.scan };
  }

  private settle(outcome: BodyPrefix | ApiError): void {
    this.request.off('data', this.onData).off('end', this.onEnd).off('close', this.onClose).pause();
    this.settled(outcome);
  }
}
