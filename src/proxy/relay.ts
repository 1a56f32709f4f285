import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Readable } from 'node:stream';
import type { ApiError } from '../common/api.error.js';
import type { Place } from '../common/bag.js';
import { refusal } from '../common/error.body.js';
import { errors } from '../common/errors.js';
import { type End, type Exchange, exchangeOf } from '../common/exchange.js';
import type { Lease, LiveExchange } from '../token/live.registry.js';
import type { HeldBody } from './body.hold.js';
import { withCors } from './cors.js';
import type { DeadlineWatch, Watched } from './deadline.watch.js';
import { EventStream } from './event.stream.js';
import {
  clientHeaders,
  clientTrailers,
  hasForeignCoding,
  hasTooManyLines,
  reasonPhrase,
  valueOf,
} from './header.rules.js';
import { writeInterim } from './interim.answer.js';
import type { Metered, OverheadMeter } from './metered.client.js';
import { bodyFraming, collect, continueUpload, SMALL_BODY_BYTES, UploadStream } from './request.body.js';
import { RuledUpload } from './ruled.upload.js';
import { UploadRate } from './upload.rate.js';
import { diedBeforeUse, upstreamFailure } from './upstream.failure.js';
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
export class Relay implements Watched, LiveExchange, Metered, Dispatcher.DispatchHandler {
  meter?: OverheadMeter;
  private readonly exchange: Exchange;
  private readonly rate = new UploadRate();
  private readonly startedAt = performance.now();
  private upload: Readable | undefined;
  /** Set when the answer is an event stream into which an event of ours could be written. */
  private events: EventStream | undefined;
  private controller: Controller | undefined;
  private body: Buffer | Readable | null = null;
  private place: Place<Watched> | undefined;
  private isSecondTry = false;
  private started = false;
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
    this.place = this.watch.add(this);
    if (this.response.destroyed || this.response.writableEnded) return this.onClosed();
    this.response.once('close', () => this.onClosed());
    this.call.caller.began(this);
    const { length } = bodyFraming(this.request);
    if (this.call.caller.held) return this.sendHeld(this.call.caller.held, length !== undefined);
    if (length === 0) return this.send(null);
    continueUpload(this.request, this.response);
    this.request.on('data', (chunk: Buffer) => this.onUploaded(chunk.length));
    if (length !== undefined && length <= SMALL_BODY_BYTES)
      collect(this.request, (body) => this.over || this.send(body));
    else this.sendStream();
  }

  get lease(): Lease {
    return this.call.caller;
  }

  /** Ends the exchange of a token that may no longer be used: refused, or broken off, an event stream after a word of why. */
  end(why: ApiError): void {
    this.call.caller.ended(this);
    this.exchange.endedBy('revoked');
    this.exchange.refused(why);
    if (this.events && !this.response.writableEnded) this.events.cut(why, () => this.stop());
    else this.refuse(why);
  }

  check(now: number): void {
    const { limits } = this;
    if (this.upload?.readableLength) this.rate.forget();
    if (now > this.call.caller.endsAt) return this.end(errors.tokenExpired());
    if (now - this.startedAt > limits.maxDurationMs) return this.cut('upstream_timeout', errors.upstreamTimeout());
    if (this.response.writableEnded || this.paused) {
      if (now - this.lastAnswerAt > limits.clientStallMs) this.cut('client', errors.requestTimeout());
    } else if (this.response.headersSent) {
      if (now - this.lastAnswerAt > limits.idleTimeoutMs) this.cut('upstream_timeout', errors.upstreamTimeout());
    } else if (!this.request.complete && !this.upload?.readableLength) {
      if (now - this.lastUploadAt > limits.clientStallMs || this.rate.isTrickle(now))
        this.cut('client', errors.requestTimeout());
    } else if (now - this.lastUploadAt > limits.headersTimeoutMs)
      this.cut('upstream_timeout', errors.upstreamTimeout());
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.over) return controller.abort(new Error('the exchange is over'));
    this.started = true;
    this.meter?.progress();
    this.exchange.sentAt = performance.now();
  }

  onResponseStart(controller: Controller, status: number, _parsed: unknown, statusText = ''): void {
    const { response, exchange } = this;
    const rawHeaders = (controller.rawHeaders ?? []) as Buffer[];
    const { cors } = this.call.caller;
    const passed = clientHeaders(rawHeaders);
    const reason = reasonPhrase(statusText);
    if (status < 200) return writeInterim(response, status, reason, passed);
    if (hasForeignCoding(rawHeaders) || hasTooManyLines(rawHeaders)) return this.refuse(errors.upstreamProtocol());
    const headers = cors ? withCors(passed, cors) : passed;
    this.meter?.progress();
    exchange.answeredAt = this.lastAnswerAt = performance.now();
    const length = valueOf(headers, 'content-length');
    if (length !== undefined) this.left = Number(length);
    else if (isPlainEventStream(headers)) this.events = new EventStream(response);
    this.addOurs(headers);
    response.sendDate = false;
    response.writeHead(status, reason, headers);
    exchange.status = status;
    this.call.outcome(!GATEWAY_FAILURES.has(status));
    // Bytes of the body that came with the head leave in one write with it; when none did, the head leaves alone.
    process.nextTick(flushHead, response);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.lastAnswerAt = performance.now();
    this.meter?.progress();
    this.exchange.bytesOut += chunk.length;
    this.left -= chunk.length;
    if (this.left === 0) this.response.end(chunk);
    else if (!this.response.write(chunk)) this.pause(controller);
    this.events?.sent(chunk);
  }

  onResponseEnd(controller: Controller): void {
    const { response } = this;
    this.answered = true;
    if (response.writableEnded) return;
    if (this.meter?.isBroken) return this.refuse(errors.upstreamReset());
    const trailers = clientTrailers((controller.rawTrailers ?? []) as Buffer[]);
    if (trailers.length > 0 && response.chunkedEncoding) response.addTrailers(trailers);
    response.end();
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    if (this.over || this.response.writableEnded) return;
    if (!this.sent && !this.isSecondTry && diedBeforeUse(error)) return this.sendAgain();
    this.refuse(upstreamFailure(error, this.sent));
  }

  /** True when a byte may have reached the upstream; the head of an upload leaves with its first byte, or its end. */
  private get sent(): boolean {
    return this.started && (!this.upload || this.upload.readableDidRead || this.upload.readableEnded);
  }

  private send(body: Buffer | Readable | null): void {
    this.body = body;
    this.exchange.queuedAt = performance.now();
    this.call.send(body, this);
  }

  /** Once, and only while nothing was written; not at once, for the pool is still clearing away the dead connection. */
  private sendAgain(): void {
    this.isSecondTry = true;
    setImmediate(() => {
      if (!this.over) this.call.send(this.body, this);
    });
  }

  /** Goes on with what the rules have read already, framed as it came. */
  private sendHeld(held: HeldBody, hasLength: boolean): void {
    this.onUploaded(held.bytes);
    if (this.over) return;
    if (held.isComplete && hasLength) return this.send(Buffer.concat(held.chunks));
    this.request.on('data', (chunk: Buffer) => this.onUploaded(chunk.length));
    this.sendStream(new RuledUpload(this.request, held, (fault) => this.refuse(fault)));
  }

  private sendStream(upload: Readable = new UploadStream(this.request)): void {
    this.upload = upload;
    this.upload.on('error', () => undefined);
    this.send(this.upload);
  }

  private onUploaded(bytes: number): void {
    this.lastUploadAt = performance.now();
    this.rate.add(bytes, this.lastUploadAt);
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
    const { requestId, startedAt, queuedAt = startedAt, sentAt = queuedAt, answeredAt = sentAt } = this.exchange;
    headers.push('x-proxy-request-id', requestId);
    headers.push(
      'server-timing',
      `proxy;dur=${(queuedAt - startedAt).toFixed(1)}, queue;dur=${(sentAt - queuedAt).toFixed(1)}, upstream;dur=${(answeredAt - sentAt).toFixed(1)}`,
    );
    if (isEventStream(headers)) headers.push('x-accel-buffering', 'no');
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
    if (this.response.headersSent || this.response.destroyed) return this.breakOff();
    const { status, headers, body } = refusal(error, this.exchange.requestId, true);
    this.exchange.status = status;
    this.exchange.bytesOut = Buffer.byteLength(body);
    if (status === 408) this.response.shouldKeepAlive = false;
    this.response.writeHead(status, { ...headers, ...this.call.caller.cors }).end(body);
  }

  /** RFC 9112 §8: without a length or chunks, a FIN would look like the end of the answer. */
  private breakOff(): void {
    const { response } = this;
    if (response.chunkedEncoding || !Number.isNaN(this.left)) response.destroy();
    else response.socket?.resetAndDestroy();
  }

  private onClosed(): void {
    if (this.place) this.watch.leave(this.place);
    this.call.caller.ended(this);
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

/** Encoded, it is no text that a line could be added to. */
const isPlainEventStream = (headers: readonly string[]): boolean =>
  isEventStream(headers) && valueOf(headers, 'content-encoding') === undefined;

const isEventStream = (headers: readonly string[]): boolean =>
  valueOf(headers, 'content-type')?.toLowerCase().startsWith('text/event-stream') ?? false;

/** Not flushHeaders(): that one writes Latin-1 as UTF-8. */
function flushHead(response: ServerResponse): void {
  if (!response.writableEnded && !response.destroyed) response.write('', 'latin1');
}
