import { type ResponseHead, parseHead } from './response.head.js';
import { ChunkDecoder } from './chunk.decoder.js';
import { FieldLines } from './field.lines.js';
import { protocolError, UpstreamError } from './upstream.error.js';

/** Same as the limit of Node's own parser. */
const MAX_HEAD_BYTES = 16 * 1024;
/** All informational responses to one request. */
const MAX_INFORMATIONAL_BYTES = 64 * 1024;
/** Up to this size a copy byte by byte is faster than `Buffer.copy()`. */
const MAX_LOOPED_BYTES = 16;
const END_OF_HEAD = '\r\n\r\n';
const EMPTY = Buffer.alloc(0);
const BARE_LINE_FEED = /(?:^|[^\r])\n/;

/** Receives the parts of a response, in this order. */
export interface ResponseObserver {
  /** Called any number of times, before the head (RFC 9110 §15.2). */
  onInformational(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  /** The observer may keep the bytes. */
  onData(bytes: Buffer): void;
  /** `trailers`: name, value, name, value. */
  onEnd(trailers: string[]): void;
}

enum Part {
  Head,
  Body,
  Trailers,
  Over,
}

const NO_TRAILERS: string[] = [];

/** Parses one response as its bytes arrive. Throws an UpstreamError for an invalid response and is unusable after that. */
export class ResponseParser {
  private part = Part.Head;
  /** The part of a head or trailer section that has arrived. */
  private incomplete = EMPTY;
  private informationalBytes = 0;
  private head: ResponseHead | undefined;
  private chunks: ChunkDecoder | undefined;
  /** Bytes of a body with a length that are not read yet. */
  private remaining = 0;

  constructor(
    private readonly observer: ResponseObserver,
    /** True for the response to a HEAD request: it has no body, whatever its headers say. */
    private readonly isHead: boolean,
  ) {}

  /** True once a byte of the response is read. */
  get hasBegun(): boolean {
    return this.part !== Part.Head || this.incomplete.length > 0 || this.informationalBytes > 0;
  }

  /** True once the whole response is read. */
  get isOver(): boolean {
    return this.part === Part.Over;
  }

  /** How long the connection may stay open for another request; undefined when it must be closed. */
  get keepAlive(): { ms: number | undefined } | undefined {
    return this.isOver && this.head?.keepAlive ? { ms: this.head.keepAliveMs } : undefined;
  }

  /** Reads the first `length` bytes and keeps none of them. Returns how many were part of the response. */
  read(bytes: Buffer, length: number): number {
    let at = 0;
    while (at < length && this.part !== Part.Over) {
      if (this.part === Part.Body) at = this.body(bytes, at, length);
      else at = this.section(bytes, at, length);
    }
    return at;
  }

  /** The upstream has ended its side of the connection. Throws unless that ends the body. */
  close(): void {
    if (this.part === Part.Over) return;
    if (this.part !== Part.Body || this.head?.bodyEnd !== 'close')
      throw new UpstreamError('reset', 'the upstream closed the connection before the end of its response');
    this.finish(NO_TRAILERS);
  }

  private body(bytes: Buffer, at: number, end: number): number {
    if (this.chunks) return this.chunkedBody(this.chunks, bytes, at, end);
    const to = Math.min(end, at + this.remaining);
    this.remaining -= to - at;
    this.data(bytes, at, to);
    if (this.remaining === 0) this.finish(NO_TRAILERS);
    return to;
  }

  /** All data of one read is passed on at once: a call for each chunk would let a fast stream of small ones block the process. */
  private chunkedBody(chunks: ChunkDecoder, bytes: Buffer, at: number, end: number): number {
    const data = Buffer.allocUnsafe(end - at);
    let length = 0;
    try {
      at = chunks.read(bytes, at, end, (from, to) => {
        if (to - from > MAX_LOOPED_BYTES) bytes.copy(data, length, from, to);
        else for (let i = from; i < to; i += 1) data[length + i - from] = bytes[i]!;
        length += to - from;
      });
    } finally {
      // Also before an error: the data ahead of it is passed on.
      if (length > 0) this.observer.onData(data.subarray(0, length));
    }
    if (chunks.isOver) this.part = Part.Trailers;
    return at;
  }

  private data(bytes: Buffer, from: number, to: number): void {
    const piece = Buffer.allocUnsafe(to - from);
    bytes.copy(piece, 0, from, to);
    this.observer.onData(piece);
  }

  /** Reads a head or a trailer section, which is parsed once it is complete: nearly always in one read. */
  private section(bytes: Buffer, at: number, end: number): number {
    const before = this.incomplete.length;
    // One byte more than the limit is enough to see that the section is too large.
    const last = Math.min(end, at + MAX_HEAD_BYTES + 1 - before);
    const read = bytes.toString('latin1', at, last);
    const text = before === 0 ? read : this.incomplete.toString('latin1') + read;
    const isEmptyTrailer = this.part === Part.Trailers && text.startsWith('\r\n');
    const stop = isEmptyTrailer ? 0 : text.indexOf(END_OF_HEAD);
    const taken = stop === -1 ? text.length : stop + (isEmptyTrailer ? 2 : END_OF_HEAD.length);
    if (taken > MAX_HEAD_BYTES) throw protocolError('a header section is too large');
    if (stop === -1) {
      this.assertBegins(text);
      this.incomplete = Buffer.from(text, 'latin1');
      return end;
    }
    this.incomplete = EMPTY;
    if (this.part === Part.Trailers)
      this.finish(isEmptyTrailer ? NO_TRAILERS : new FieldLines(text.slice(0, stop), 0).flat);
    else this.begin(parseHead(text.slice(0, stop), this.isHead), taken);
    return at + taken - before;
  }

  /** Throws as soon as the text cannot become a valid section. */
  private assertBegins(text: string): void {
    if (this.part === Part.Head && !'HTTP/1.'.startsWith(text.slice(0, 7)))
      throw protocolError('the status line is not HTTP/1.1');
    if (BARE_LINE_FEED.test(text)) throw protocolError('a line ends with a bare line feed');
  }

  private begin(head: ResponseHead, bytes: number): void {
    if (head.status === 101) throw protocolError('the response switches protocols although no upgrade was requested');
    if (head.status < 200) {
      this.informationalBytes += bytes;
      if (this.informationalBytes > MAX_INFORMATIONAL_BYTES)
        throw protocolError('the informational responses are too large');
      return this.observer.onInformational(head);
    }
    this.head = head;
    this.part = Part.Body;
    if (head.bodyEnd === 'chunked') this.chunks = new ChunkDecoder();
    else this.remaining = head.bodyEnd === 'close' ? Infinity : head.bodyEnd;
    this.observer.onHead(head);
    if (this.remaining === 0 && !this.chunks) this.finish(NO_TRAILERS);
  }

  private finish(trailers: string[]): void {
    this.part = Part.Over;
    this.observer.onEnd(trailers);
  }
}
