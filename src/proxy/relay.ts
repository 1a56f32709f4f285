import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { ApiError } from '../common/api.error.js';
import { refusal } from '../common/error.body.js';
import { errors } from '../common/errors.js';
import { type End, type Exchange, exchangeOf } from '../common/exchange.js';
import type { DeadlineWatch, Watched } from './deadline.watch.js';
import { clientHeaders, valueOf } from './header.rules.js';
import { bodyFraming, collect, SMALL_BODY_BYTES, UploadStream } from './request.body.js';
import { upstreamFailure } from './upstream.failure.js';
import type { UpstreamCall } from './upstream.client.js';

type Controller = Dispatcher.DispatchController;

/** What says that nobody is there to answer, whoever says it. */
const GATEWAY_FAILURES = new Set([502, 503, 504]);

/** Milliseconds; of the exchange as a whole and of its silences. */
export interface RelayLimits {
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxDurationMs: number;
  readonly clientStallMs: number;
  /** 0 = no limit. */
  readonly maxRequestBytes: number;
}

/**
 * One exchange's bytes, both ways, as they come: nothing is parsed, re-encoded or kept. The client's leaving aborts the
 * upstream, the upstream's breaking off breaks off the answer: a clean end is never invented.
 */
export class Relay implements Watched, Dispatcher.DispatchHandler {
  private readonly exchange: Exchange;
  private readonly startedAt = performance.now();
  private upload: UploadStream | undefined;
  private controller: Controller | undefined;
  /** From here on a byte may have reached the upstream. */
  private sent = false;
  private over = false;
  /** The upstream has said its last word. */
  private answered = false;
  /** Bytes of a known-length answer still to come; NaN when its length is not known. */
  private left = Number.NaN;
  private lastUploadAt = this.startedAt;
  private lastAnswerAt = this.startedAt;
  private paused = false;

  constructor(
    private readonly call: UpstreamCall,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly limits: RelayLimits,
    private readonly watch: DeadlineWatch,
  ) {
    this.exchange = exchangeOf(request);
  }

  start(): void {
    this.watch.add(this);
    if (this.response.destroyed) return this.onClosed();
    this.response.once('close', () => this.onClosed());
    const { length } = bodyFraming(this.request);
    if (length === 0) this.send(null);
    else if (length !== undefined && length <= SMALL_BODY_BYTES) collect(this.request, (body) => this.sendWhole(body));
    else this.sendStream();
  }

  check(now: number): void {
    const { limits } = this;
    if (now - this.startedAt > limits.maxDurationMs) return this.cut('upstream_timeout', errors.upstreamTimeout());
    if (this.response.writableEnded || this.paused) {
      if (now - this.lastAnswerAt > limits.clientStallMs) this.cut('client', errors.requestTimeout());
    } else if (this.response.headersSent) {
      if (now - this.lastAnswerAt > limits.idleTimeoutMs) this.cut('upstream_timeout', errors.upstreamTimeout());
    } else if (!this.request.complete && !this.upload?.readableLength) {
      if (now - this.lastUploadAt > limits.clientStallMs) this.cut('client', errors.requestTimeout());
    } else if (now - this.lastUploadAt > limits.headersTimeoutMs)
      this.cut('upstream_timeout', errors.upstreamTimeout());
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.over) return controller.abort(new Error('the exchange is over'));
    this.sent = true;
    this.exchange.sentAt = performance.now();
  }

  onResponseStart(controller: Controller, status: number, _parsed: unknown, statusText?: string): void {
    if (status < 200) return;
    const { response, exchange } = this;
    exchange.answeredAt = this.lastAnswerAt = performance.now();
    const headers = clientHeaders((controller.rawHeaders ?? []) as Buffer[]);
    const length = valueOf(headers, 'content-length');
    if (length !== undefined) this.left = Number(length);
    this.addOurs(headers);
    response.sendDate = false;
    response.writeHead(status, statusText, headers);
    exchange.status = status;
    this.call.outcome(!GATEWAY_FAILURES.has(status));
    // Bytes of the body that came with the head leave in one write with it; when none did, the head leaves alone.
    process.nextTick(flushHead, response);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.lastAnswerAt = performance.now();
    this.exchange.bytesOut += chunk.length;
    this.left -= chunk.length;
    if (this.left === 0) this.response.end(chunk);
    else if (!this.response.write(chunk)) this.pause(controller);
  }

  onResponseEnd(): void {
    this.answered = true;
    if (!this.response.writableEnded) this.response.end();
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    if (this.over || this.response.writableEnded) return;
    const failure = upstreamFailure(error, this.sent);
    this.refuse(failure);
  }

  private send(body: Buffer | UploadStream | null): void {
    this.exchange.queuedAt = performance.now();
    this.call.send(body, this);
  }

  private sendWhole(body: Buffer): void {
    this.exchange.bytesIn = body.length;
    this.lastUploadAt = performance.now();
    if (!this.over) this.send(body);
  }

  private sendStream(): void {
    this.upload = new UploadStream(this.request);
    this.upload.on('error', () => undefined);
    this.request.on('data', (chunk: Buffer) => this.onUploaded(chunk.length));
    this.request.pause();
    this.send(this.upload);
  }

  private onUploaded(bytes: number): void {
    this.lastUploadAt = performance.now();
    this.exchange.bytesIn += bytes;
    const { maxRequestBytes } = this.limits;
    if (maxRequestBytes > 0 && this.exchange.bytesIn > maxRequestBytes)
      this.refuse(errors.bodyTooLarge(maxRequestBytes));
  }

  private pause(controller: Controller): void {
    this.paused = true;
    controller.pause();
    this.response.once('drain', () => {
      this.paused = false;
      this.lastAnswerAt = performance.now();
      controller.resume();
    });
  }

  /** RFC 9110 §7.6.3 leaves these to us; the upstream's own `server-timing` stands beside ours. */
  private addOurs(headers: string[]): void {
    const { requestId, startedAt, sentAt = startedAt, answeredAt = sentAt } = this.exchange;
    headers.push('x-proxy-request-id', requestId);
    headers.push(
      'server-timing',
      `proxy;dur=${(sentAt - startedAt).toFixed(1)}, upstream;dur=${(answeredAt - sentAt).toFixed(1)}`,
    );
    if (valueOf(headers, 'content-type')?.toLowerCase().startsWith('text/event-stream'))
      headers.push('x-accel-buffering', 'no');
  }

  /** Ends an exchange whose time is up: with a refusal when nothing was answered yet, else with a broken-off body. */
  private cut(end: End, error: ApiError): void {
    this.exchange.endedBy(end);
    this.refuse(error);
  }

  private refuse(error: ApiError): void {
    if (this.over) return;
    this.exchange.refused(error);
    if (!this.response.headersSent && GATEWAY_FAILURES.has(error.status)) this.call.outcome(false);
    this.stop();
    if (this.response.headersSent || this.response.destroyed) {
      this.response.destroy();
      return;
    }
    const { status, headers, body } = refusal(error, this.exchange.requestId, true);
    this.exchange.status = status;
    this.exchange.bytesOut = Buffer.byteLength(body);
    if (status === 408) this.response.shouldKeepAlive = false;
    this.response.writeHead(status, headers).end(body);
  }

  private onClosed(): void {
    this.watch.delete(this);
    if (!this.response.writableFinished) this.exchange.endedBy('client');
    this.stop();
  }

  /** Lets go of the upstream; gives the take back when it never got a byte. */
  private stop(): void {
    if (this.over) return;
    this.over = true;
    if (!this.sent) this.call.caller.giveBack();
    if (!this.answered) this.controller?.abort(new Error('the exchange is over'));
    this.upload?.destroy();
  }
}

function flushHead(response: ServerResponse): void {
  if (!response.writableEnded && !response.destroyed) response.flushHeaders();
}
