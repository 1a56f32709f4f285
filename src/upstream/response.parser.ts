import { type ResponseHead, parseHead } from './response.head.js';
import { ChunkDecoder } from './chunk.decoder.js';
import { FieldLines } from './field.lines.js';
import { protocolError, UpstreamError } from './upstream.error.js';

/** As Node's own limit on what it reads. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Of all interim answers to one request. */
const MAX_INTERIM_BYTES = 64 * 1024;
/** Up to this, copying byte by byte is faster. */
const MAX_LOOPED_BYTES = 16;
const END_OF_HEAD = '\r\n\r\n';
const EMPTY = Buffer.alloc(0);
const BARE_LINE_FEED = /(?:^|[^\r])\n/;

/** What an answer is told to, in this order. */
export interface ResponseObserver {
  /** Any number of times, before the head (RFC 9110 §15.2). */
  onInformational(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  /** The bytes are the observer's to keep. */
  onData(bytes: Buffer): void;
  /** `trailers` as the headers of a head: name, value, name, value. */
  onEnd(trailers: string[]): void;
}

enum Part {
  Head,
  Body,
  Trailers,
  Over,
}

const NO_TRAILERS: string[] = [];

/** One answer, read as its bytes come. Throws an UpstreamFault when they are no answer; it is of no more use then. */
export class ResponseParser {
  private part = Part.Head;
  private kept = EMPTY;
  private interimBytes = 0;
  private head: ResponseHead | undefined;
  private chunks: ChunkDecoder | undefined;
  /** Of a body with a length, what is still to come. */
  private left = 0;

  constructor(
    private readonly observer: ResponseObserver,
    /** Whether it answers a HEAD request: it has no body then, whatever it says. */
    private readonly isHead: boolean,
  ) {}

  /** Nothing more belongs to the answer. */
  get isOver(): boolean {
    return this.part === Part.Over;
  }

  /** Whether, and how long, the connection may wait for another request; undefined when it may not. */
  get keepAlive(): { ms: number | undefined } | undefined {
    return this.isOver && this.head?.keepAlive ? { ms: this.head.keepAliveMs } : undefined;
  }

  /** Takes the first `length` bytes, which are not kept. Gives how many were part of the answer. */
  read(bytes: Buffer, length: number): number {
    let at = 0;
    while (at < length && this.part !== Part.Over) {
      if (this.part === Part.Body) at = this.body(bytes, at, length);
      else at = this.section(bytes, at, length);
    }
    return at;
  }

  /** The upstream has closed its side: right only where that ends the body. */
  close(): void {
    if (this.part === Part.Over) return;
    if (this.part !== Part.Body || this.head?.bodyEnd !== 'close')
      throw new UpstreamError('reset', 'the upstream left before the end of its answer');
    this.over(NO_TRAILERS);
  }

  private body(bytes: Buffer, at: number, end: number): number {
    if (this.chunks) return this.chunkedBody(this.chunks, bytes, at, end);
    const to = Math.min(end, at + this.left);
    this.left -= to - at;
    // The last piece and the end are told apart, but in one turn.
    this.data(bytes, at, to);
    if (this.left === 0) this.over(NO_TRAILERS);
    return to;
  }

  /** All data of one read is told at once: told chunk by chunk, a fast stream of small ones would keep the process from all else. */
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
      // Before a fault, too: what came ahead of it is passed on.
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

  /** A head or a trailer section: it is read when it is whole, which is nearly always at once. */
  private section(bytes: Buffer, at: number, end: number): number {
    const before = this.kept.length;
    // Of what stands behind it no more than shows that it is too large.
    const last = Math.min(end, at + MAX_HEAD_BYTES + 1 - before);
    const read = bytes.toString('latin1', at, last);
    const text = before === 0 ? read : this.kept.toString('latin1') + read;
    const isEmptyTrailer = this.part === Part.Trailers && text.startsWith('\r\n');
    const stop = isEmptyTrailer ? 0 : text.indexOf(END_OF_HEAD);
    const taken = stop === -1 ? text.length : stop + (isEmptyTrailer ? 2 : END_OF_HEAD.length);
    if (taken > MAX_HEAD_BYTES) throw protocolError('a header section is too large');
    if (stop === -1) {
      this.assertBegins(text);
      this.kept = Buffer.from(text, 'latin1');
      return end;
    }
    this.kept = EMPTY;
    if (this.part === Part.Trailers)
      this.over(isEmptyTrailer ? NO_TRAILERS : new FieldLines(text.slice(0, stop), 0).flat);
    else this.begin(parseHead(text.slice(0, stop), this.isHead), taken);
    return at + taken - before;
  }

  /** What cannot become an answer is not waited for. */
  private assertBegins(text: string): void {
    if (this.part === Part.Head && !'HTTP/1.'.startsWith(text.slice(0, 7)))
      throw protocolError('the status line is not HTTP/1.1');
    if (BARE_LINE_FEED.test(text)) throw protocolError('a line ends with a bare line feed');
  }

  private begin(head: ResponseHead, bytes: number): void {
    if (head.status === 101) throw protocolError('it switches protocols unasked');
    if (head.status < 200) {
      this.interimBytes += bytes;
      if (this.interimBytes > MAX_INTERIM_BYTES) throw protocolError('it sends interim answers without end');
      return this.observer.onInformational(head);
    }
    this.head = head;
    this.part = Part.Body;
    if (head.bodyEnd === 'chunked') this.chunks = new ChunkDecoder();
    else this.left = head.bodyEnd === 'close' ? Infinity : head.bodyEnd;
    this.observer.onHead(head);
    if (this.left === 0 && !this.chunks) this.over(NO_TRAILERS);
  }

  private over(trailers: string[]): void {
    this.part = Part.Over;
    this.observer.onEnd(trailers);
  }
}
