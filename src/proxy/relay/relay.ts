import type { Readable } from 'node:stream';
import type { ApiError } from '../../common/errors/api.error.js';
import type { DeadlineWatch } from '../../http/deadline.watch.js';
import type { Exchange } from '../../http/exchange.js';
import type { ResponseHead } from '../../upstream/response.head.js';
import { UpstreamError } from '../../upstream/upstream.error.js';
import type { UpstreamObserver, UpstreamExchange } from '../../upstream/upstream.exchange.js';
import type { Permit } from '../admission/permit.js';
import { IS_AWAY } from '../admission/upstream.breaker.js';
import type { BodyTaps } from './body.taps.js';
import type { Wait } from './deadlines.js';
import type { RelayLimits } from './relay.limits.js';
import { RelayedExchange } from './relayed.exchange.js';
import { type Pausable, ResponseWriter } from './response.writer.js';
import type { UpstreamCall } from './upstream.client.js';
import { type UploadReceiver, UploadSource } from './upload.source.js';
import { type UsageInjection, usageInjection } from './usage.injection.js';

/**
 * Where the client's side of an exchange and the upstream's meet: bytes pass both ways as they come. The client's leaving
 * aborts the upstream; the upstream's breaking off breaks off the response.
 */
export class Relay extends RelayedExchange implements UpstreamObserver, UploadReceiver, Pausable {
  private readonly upload: UploadSource;
  private readonly writer: ResponseWriter;
  private readonly injection: UsageInjection | undefined;
  private upstream: UpstreamExchange | undefined;

  constructor(
    exchange: Exchange,
    permit: Permit,
    private readonly call: UpstreamCall,
    limits: RelayLimits,
    watch: DeadlineWatch,
    taps: BodyTaps,
  ) {
    super(exchange, permit, limits, watch);
    const injects = permit.token.upstream.provider.streamUsage === 'inject';
    this.injection = injects ? usageInjection(exchange, this) : undefined;
    this.upload = new UploadSource(exchange, limits.maxRequestBytes, taps, this.injection ?? this);
    this.writer = new ResponseWriter(exchange, exchange.response!, taps, this);
  }

  start(): void {
    const { response } = this.exchange;
    if (response!.destroyed || response!.writableEnded) return this.stop();
    this.begin();
    const { bodyPrefix } = this.handle;
    this.handle.bodyPrefix = undefined;
    this.upload.start(bodyPrefix);
  }

  onUpload(body: Buffer | Readable | null): void {
    if (this.isOver) return;
    this.exchange.queuedAt = performance.now();
    try {
      this.upstream = this.call.send(body, this);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      this.onError(error);
    }
  }

  onUploadRefused(error: ApiError): void {
    this.refuse(error);
  }

  onSending(): void {
    this.exchange.sentAt = performance.now();
  }

  onInformational(head: ResponseHead): void {
    this.writer.informational(head);
  }

  onHead(head: ResponseHead): void {
    this.writer.head(head, this.injection?.hidingFor(head));
    this.call.outcome(true);
  }

  onData(piece: Buffer): void {
    this.writer.data(piece);
  }

  onEnd(rawTrailers: string[]): void {
    this.writer.end(rawTrailers);
  }

  onError(error: UpstreamError): void {
    if (!this.isOver && !this.exchange.response!.writableEnded) this.refuse(this.upstreamFailed(error));
  }

  pause(): void {
    this.upstream!.pause();
  }

  resume(): void {
    this.upstream!.resume();
  }

  protected wait(now: number): Wait {
    const { writer, upload } = this;
    const { writableEnded, headersSent } = this.exchange.response!;
    const owesSince = upload.clientOwesSince(now);
    if (writableEnded || writer.isPaused) return { for: 'client', since: writer.lastAt };
    if (headersSent) return { for: 'upstream', since: writer.lastAt };
    if (owesSince !== undefined) return { for: 'client', since: owesSince };
    return { for: 'response_head', since: upload.lastAt };
  }

  /** An event stream ends after an event that says why; anything else is refused or broken off. */
  protected revoke(why: ApiError): void {
    if (!this.writer.cutEvents(why, () => this.stop())) this.refuse(why);
  }

  protected abandon(error: ApiError): void {
    this.refuse(error);
  }

  protected releaseUpstream(): void {
    this.upstream?.abort();
    this.upload.stop();
    this.writer.stop();
  }

  /** A refusal when nothing was responded yet, else a body that breaks off. */
  private refuse(error: ApiError): void {
    if (this.isOver) return;
    const { exchange } = this;
    const { headersSent, destroyed } = exchange.response!;
    exchange.refused(error);
    if (!headersSent && IS_AWAY.has(error.code)) this.call.outcome(false);
    this.stop();
    if (headersSent || destroyed) this.writer.breakOff();
    else this.writer.refuse(error);
  }
}
