import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { ApiError } from '../../common/errors/api.error.js';
import type { Slot } from '../../common/values/slot.set.js';
import { refusal } from '../../http/error.body.js';
import { errors } from '../../common/errors/errors.js';
import { type End, type Exchange, exchangeOf } from '../../http/exchange.js';
import { tenths } from '../../common/values/fast.format.js';
import type { RevocationHandle, Revocable } from '../../token/in.flight.registry.js';
import type { ResponseHead } from '../../upstream/response.head.js';
import type { ExchangeObserver, UpstreamExchange } from '../../upstream/upstream.exchange.js';
import { UpstreamError } from '../../upstream/upstream.error.js';
import type { BodyPrefix } from '../body/body.prefix.js';
import { breakOff } from '../../http/break.off.js';
import { framed, mayFrame } from '../../http/chunk.frame.js';
import { withCors } from '../admission/cors.js';
import type { DeadlineWatch, Watched } from '../../http/deadline.watch.js';
import { EventStream } from './event.stream.js';
import { clientHeaders, clientTrailers, valueOf } from '../../http/header.rules.js';
import { writeInformational } from '../../http/informational.response.js';
import type { RelayLimits } from './relay.limits.js';
import { bodyFraming, collect, continueUpload, SMALL_BODY_BYTES, UploadStream } from '../../http/request.body.js';
import { CheckedUpload } from '../body/checked.upload.js';
import { UploadRate } from '../../http/upload.rate.js';
import { GATEWAY_FAILURES } from '../admission/upstream.breaker.js';
import { upstreamRefusal } from './upstream.refusal.js';
import type { UpstreamCall } from './upstream.client.js';

/**
 * One exchange's bytes, both ways, as they come: nothing is parsed, re-encoded or kept. The client's leaving aborts the
 * upstream, the upstream's breaking off breaks off the answer: a clean end is never invented.
 */
export class Relay implements Watched, Revocable, ExchangeObserver {
  private readonly exchange: Exchange;
  private readonly rate = new UploadRate();
  private readonly startedAt = performance.now();
  private upload: Readable | undefined;
  /** Set when the answer is an event stream into which an event of ours could be written. */
  private events: EventStream | undefined;
  private upstream: UpstreamExchange | undefined;
  private place: Slot<Watched> | undefined;
  /** A byte may have reached the upstream; the head of an upload leaves with its first byte, or its end. */
  private sent = false;
  private over = false;
  /** Bytes of a known-length answer still to come; NaN when its length is not known. */
  private left = Number.NaN;
  private lastUploadAt = this.startedAt;
  private lastAnswerAt = this.startedAt;
  private paused = false;
  /** The head was written, with the first piece of the body or alone; `headersSent` says so as soon as it is known. */
  private headIsOut = false;

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
    this.exchange.relay = this;
    this.call.caller.began(this);
    const { length } = bodyFraming(this.request);
    if (this.call.caller.bodyPrefix) return this.sendHeld(this.call.caller.bodyPrefix, length !== undefined);
    if (length === 0) return this.send(null);
    continueUpload(this.request, this.response);
    if (length !== undefined && length <= SMALL_BODY_BYTES) collect(this.request, this);
    else this.sendStream();
  }

  get handle(): RevocationHandle {
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

  /** The answer is out, or the client has left. */
  onClosed(): void {
    if (this.place) this.watch.remove(this.place);
    this.call.caller.ended(this);
    this.stop();
  }

  onSending(): void {
    this.sent = true;
    this.exchange.sentAt = performance.now();
  }

  onInformational({ status, reason, headers }: ResponseHead): void {
    writeInformational(this.response, status, reason, clientHeaders(headers));
  }

  onHead(head: ResponseHead): void {
    const { response, exchange } = this;
    const { cors } = this.call.caller;
    const passed = clientHeaders(head.headers);
    const headers = cors ? withCors(passed, cors) : passed;
    exchange.respondedAt = this.lastAnswerAt = performance.now();
    if (typeof head.bodyEnd === 'number') this.left = head.bodyEnd;
    else if (isPlainEventStream(headers)) this.events = new EventStream(response);
    this.addOurs(headers);
    response.sendDate = false;
    response.writeHead(head.status, head.reason, headers);
    exchange.status = head.status;
    this.call.outcome(!GATEWAY_FAILURES.has(head.status));
    // Bytes of the body that came with the head leave in one write with it; when none did, the head leaves alone.
    process.nextTick(() => this.flushHead());
  }

  onData(chunk: Buffer): void {
    this.lastAnswerAt = performance.now();
    this.exchange.bytesOut += chunk.length;
    this.left -= chunk.length;
    if (this.left === 0) this.response.end(chunk);
    else this.write(chunk);
    this.events?.sent(chunk);
  }

  onEnd(rawTrailers: string[]): void {
    const { response } = this;
    if (response.writableEnded) return;
    const trailers = clientTrailers(rawTrailers);
    if (trailers.length > 0 && response.chunkedEncoding) response.addTrailers(trailers);
    response.end();
  }

  onError(fault: UpstreamError): void {
    if (this.over || this.response.writableEnded) return;
    this.refuse(upstreamRefusal(fault));
  }

  /** A piece of a small body, and its end; a larger one tells of its pieces too. */
  onUploaded(bytes: number): void {
    this.lastUploadAt = performance.now();
    this.rate.add(bytes, this.lastUploadAt);
    this.exchange.bytesIn += bytes;
    const { maxRequestBytes } = this.limits;
    if (maxRequestBytes > 0 && this.exchange.bytesIn > maxRequestBytes)
      this.refuse(errors.bodyTooLarge(maxRequestBytes));
  }

  onCollected(body: Buffer): void {
    if (!this.over) this.send(body);
  }

  private send(body: Buffer | Readable | null): void {
    this.exchange.queuedAt = performance.now();
    try {
      this.upstream = this.call.send(body, this);
    } catch (fault) {
      if (!(fault instanceof UpstreamError)) throw fault;
      this.onError(fault);
    }
  }

  /** Goes on with what the rules have read already, framed as it came. */
  private sendHeld(held: BodyPrefix, hasLength: boolean): void {
    this.onUploaded(held.bytes);
    if (this.over) return;
    this.call.caller.bodyPrefix = undefined;
    if (held.isComplete && hasLength) return this.send(Buffer.concat(held.chunks));
    this.sendStream(new CheckedUpload(this.request, held, (fault) => this.refuse(fault)));
  }

  private sendStream(upload: Readable = new UploadStream(this.request)): void {
    this.request.on('data', (chunk: Buffer) => this.onUploaded(chunk.length));
    this.upload = upload;
    this.upload.on('error', () => undefined);
    this.send(this.upload);
  }

  private write(chunk: Buffer): void {
    const { response } = this;
    const socket = this.headIsOut && mayFrame(response, chunk) ? response.socket : null;
    this.headIsOut = true;
    const hasRoom = socket ? socket.write(framed(chunk)) : response.write(chunk);
    // Once: what was read before the pause still comes.
    if (!hasRoom && !this.paused) this.pause(socket ?? response);
  }

  /** Until what is full, which was told so by its write(), drains: nobody else is told. */
  private pause(full: EventEmitter): void {
    this.paused = true;
    this.upstream!.pause();
    full.once('drain', () => {
      this.paused = false;
      this.lastAnswerAt = performance.now();
      this.upstream!.resume();
    });
  }

  /** Not flushHeaders(): that one writes Latin-1 as UTF-8. */
  private flushHead(): void {
    const { response } = this;
    if (this.headIsOut || response.writableEnded || response.destroyed) return;
    this.headIsOut = true;
    response.write('', 'latin1');
  }

  /** RFC 9110 §7.6.3 leaves these to us; the upstream's own `server-timing` stands beside ours. */
  private addOurs(headers: string[]): void {
    const { requestId, startedAt, queuedAt = startedAt, sentAt = queuedAt, respondedAt = sentAt } = this.exchange;
    headers.push(
      'x-proxy-request-id',
      requestId,
      'server-timing',
      `proxy;dur=${tenths(queuedAt - startedAt)}, queue;dur=${tenths(sentAt - queuedAt)}, upstream;dur=${tenths(respondedAt - sentAt)}`,
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

  /** RFC 9112 §8: without a length or chunks, a FIN would look like the end of the answer. What came before the break leaves first. */
  private breakOff(): void {
    const { response } = this;
    const showsItsEnd = response.chunkedEncoding || !Number.isNaN(this.left);
    if (!showsItsEnd && response.socket) return void response.socket.resetAndDestroy();
    this.flushHead();
    process.nextTick(() => breakOff(response));
  }

  /** Lets go of the upstream; gives the take back when it never got a byte. */
  private stop(): void {
    if (this.over) return;
    this.over = true;
    if (!this.sent) this.call.caller.giveBack();
    this.upstream?.abort();
    this.upload?.destroy();
  }
}

/** Encoded, it is no text that a line could be added to. */
const isPlainEventStream = (headers: readonly string[]): boolean =>
  isEventStream(headers) && valueOf(headers, 'content-encoding') === undefined;

const isEventStream = (headers: readonly string[]): boolean =>
  valueOf(headers, 'content-type')?.toLowerCase().startsWith('text/event-stream') ?? false;
