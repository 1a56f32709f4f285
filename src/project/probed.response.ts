import type { ResponseHead } from '../upstream/response.head.js';
import type { UpstreamError, UpstreamErrorKind } from '../upstream/upstream.error.js';
import type { UpstreamObserver } from '../upstream/upstream.exchange.js';

/** A longer list of models is not counted. */
const MAX_BYTES = 1024 * 1024;

export interface Answered {
  readonly status: number;
  readonly connectMs: number;
  readonly firstByteMs: number;
  /** How many models the response lists; undefined when it lists none that can be counted. */
  readonly models?: number;
}
export type ProbeOutcome = { readonly failure: UpstreamErrorKind | 'timeout' } | Answered;

/** The response to one `GET /v1/models`: its head decides, and the body of a good one is counted if it comes whole. */
export class ProbedResponse implements UpstreamObserver {
  private readonly settled = Promise.withResolvers<ProbeOutcome>();
  readonly outcome = this.settled.promise;
  private readonly startedAt = performance.now();
  private sentAt = this.startedAt;
  private answered: Answered | undefined;
  private readonly pieces: Buffer[] = [];
  private bytes = 0;

  /** What has come so far is the outcome. */
  giveUp(): void {
    this.settled.resolve(this.answered ?? { failure: 'timeout' });
  }

  onSending(): void {
    this.sentAt = performance.now();
  }

  onInformational(): void {
    // Says nothing of the key.
  }

  onHead({ status }: ResponseHead): void {
    this.answered = {
      status,
      connectMs: Math.round(this.sentAt - this.startedAt),
      firstByteMs: Math.round(performance.now() - this.sentAt),
    };
    if (status < 200 || status >= 300) this.giveUp();
  }

  onData(bytes: Buffer): void {
    this.bytes += bytes.length;
    if (this.bytes > MAX_BYTES) this.giveUp();
    else this.pieces.push(bytes);
  }

  onEnd(): void {
    const models = countOf(Buffer.concat(this.pieces));
    this.settled.resolve({ ...this.answered!, ...(models !== undefined && { models }) });
  }

  onError({ kind }: UpstreamError): void {
    this.settled.resolve(this.answered ?? { failure: kind });
  }
}

function countOf(body: Buffer): number | undefined {
  try {
    const { data } = JSON.parse(body.toString()) as { data?: unknown };
    return Array.isArray(data) ? data.length : undefined;
  } catch {
    return undefined;
  }
}
