import type { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ApiError } from '../../common/errors/api.error.js';
import { framed, mayFrame } from '../../http/chunk.frame.js';
import { refusal } from '../../http/error.body.js';
import type { Exchange } from '../../http/exchange.js';
import { clientHeaders, clientTrailers, valueOf } from '../../http/header.rules.js';
import { writeInformational } from '../../http/informational.response.js';
import type { ResponseHead } from '../../upstream/response.head.js';
import { withCors } from '../admission/cors.js';
import type { UsageHiding } from '../injection/usage.hiding.js';
import { addedHeaders } from './added.headers.js';
import type { BodyTap, BodyTaps } from './body.taps.js';
import { EventStream } from './event.stream.js';

/** What a writer pauses while the client does not read. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/** Writes the upstream's response to the client, with back pressure. A response that breaks off upstream breaks off here. */
export class ResponseWriter {
  /** performance.now() of the last byte, or of the client's last readiness. */
  lastAt = performance.now();
  isPaused = false;
  /** Set when the response is an event stream into which an event of ours could be written. */
  private events: EventStream | undefined;
  private tap: BodyTap | undefined;
  private hiding: UsageHiding | undefined;
  /** Bytes of a known-length response still to come; NaN when its length is not known. */
  private bytesRemaining = Number.NaN;
  /** The head was written, with the first piece of the body or alone; `headersSent` is true before that. */
  private headIsOut = false;

  constructor(
    private readonly exchange: Exchange,
    private readonly response: ServerResponse,
    private readonly taps: BodyTaps,
    private readonly source: Pausable,
  ) {}

  /** RFC 9110 §15.2. */
  informational({ status, reason, headers }: ResponseHead): void {
    writeInformational(this.response, status, reason, clientHeaders(headers));
  }

  /** With `hiding`, the client gets less than the upstream sends. The taps get all of it. */
  head(head: ResponseHead, hiding?: UsageHiding): void {
    const { response, exchange } = this;
    const passed = clientHeaders(head.headers);
    const headers = exchange.cors ? withCors(passed, exchange.cors) : passed;
    exchange.respondedAt = this.lastAt = performance.now();
    exchange.status = head.status;
    this.tap = this.taps.response(exchange, headers);
    const isStream = isEventStream(headers);
    exchange.isStream = isStream;
    this.hiding = hiding;
    if (hiding) dropLength(headers);
    if (typeof head.bodyEnd === 'number' && !hiding) this.bytesRemaining = head.bodyEnd;
    else if (isStream && !isCoded(headers)) this.events = new EventStream(response);
    headers.push(...addedHeaders(exchange));
    if (isStream) headers.push('x-accel-buffering', 'no');
    response.sendDate = false;
    response.writeHead(head.status, head.reason, headers);
    // Bytes of the body that came with the head leave in one write with it; when none did, the head leaves alone.
    process.nextTick(() => this.flushHead());
  }

  data(piece: Buffer): void {
    this.lastAt = performance.now();
    if (this.hiding) this.show(this.hiding.push(piece));
    else this.show(piece);
    this.tap?.write(piece);
  }

  end(rawTrailers: string[]): void {
    const { response } = this;
    if (this.hiding) this.show(this.hiding.end());
    if (!response.writableEnded) {
      const trailers = clientTrailers(rawTrailers);
      if (trailers.length > 0 && response.chunkedEncoding) response.addTrailers(trailers);
      response.end();
    }
    this.tap?.end(true);
  }

  /** The exchange is over: nothing more of the upstream's is written. */
  stop(): void {
    this.tap?.end(this.response.writableEnded);
  }

  /**
   * Ends an event stream after one event that says why, where one of ours may stand; `last` is called when nothing more
   * of the upstream's may be written. Returns false unless the response is an unfinished event stream.
   */
  cutEvents(why: ApiError, last: () => void): boolean {
    if (!this.events || this.response.writableEnded) return false;
    this.events.cut(why, last);
    return true;
  }

  refuse(error: ApiError): void {
    const { response, exchange } = this;
    const { status, headers, body } = refusal(error, exchange.requestId, true);
    exchange.status = status;
    exchange.bytesOut = Buffer.byteLength(body);
    if (status === 408) response.shouldKeepAlive = false;
    response.writeHead(status, { ...headers, ...exchange.cors }).end(body);
  }

  /**
   * RFC 9112 §8: without a length or chunks, a FIN would look like the end of the response, so the connection is reset.
   * Otherwise the bytes before the break leave first.
   */
  breakOff(): void {
    const { response } = this;
    const showsItsEnd = response.chunkedEncoding || !Number.isNaN(this.bytesRemaining);
    if (!showsItsEnd && response.socket) return void response.socket.resetAndDestroy();
    this.flushHead();
    process.nextTick(() => response.destroy());
  }

  private show(piece: Buffer): void {
    if (piece.length === 0) return;
    this.exchange.bytesOut += piece.length;
    this.bytesRemaining -= piece.length;
    if (this.bytesRemaining === 0) this.response.end(piece);
    else this.write(piece);
    this.events?.sent(piece);
  }

  private write(piece: Buffer): void {
    const { response } = this;
    const socket = this.headIsOut && mayFrame(response, piece) ? response.socket : null;
    this.headIsOut = true;
    const hasRoom = socket ? socket.write(framed(piece)) : response.write(piece);
    // Once: what was read before the pause still comes.
    if (!hasRoom && !this.isPaused) this.pause(socket ?? response);
  }

  /** Resumes on `drain` of the stream whose write() returned false. */
  private pause(full: EventEmitter): void {
    this.isPaused = true;
    this.source.pause();
    full.once('drain', () => {
      this.isPaused = false;
      this.lastAt = performance.now();
      this.source.resume();
    });
  }

  /** Not flushHeaders(), which writes Latin-1 as UTF-8. */
  private flushHead(): void {
    const { response } = this;
    if (this.headIsOut || response.writableEnded || response.destroyed) return;
    this.headIsOut = true;
    response.write('', 'latin1');
  }
}

/** The length of a body that gets shorter is not known yet: it is sent in chunks. */
function dropLength(headers: string[]): void {
  for (let i = headers.length - 2; i >= 0; i -= 2)
    if (headers[i]!.toLowerCase() === 'content-length') headers.splice(i, 2);
}

/** No text can be written into an event stream with a content coding. */
const isCoded = (headers: readonly string[]): boolean => valueOf(headers, 'content-encoding') !== undefined;

const isEventStream = (headers: readonly string[]): boolean =>
  valueOf(headers, 'content-type')?.toLowerCase().startsWith('text/event-stream') ?? false;
