import { createHash } from 'node:crypto';
import type { Changes } from './changes.js';
import { statedFraming, valuesOf, type Framing, type HeaderLine, type WireHead } from './wire.head.js';
import type { Departure } from './wire.inbox.js';

/** Which side ended a connection, how, and when (`performance.now()`). */
export interface Closing {
  by: 'peer' | 'upstream';
  how: Departure;
  atMs: number;
}

/** Bodies are always counted and hashed, and kept only while they are not longer than this. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** One request exactly as it came over the wire. It exists from the moment its head is complete; its body may still arrive. */
export class RecordedRequest {
  readonly method: string;
  /** The request target, untouched. */
  readonly target: string;
  readonly httpVersion: string;
  /** Header lines in the order and the case they came in. */
  readonly headers: readonly HeaderLine[];
  readonly rawHead: Buffer;
  readonly framing: Framing;
  /** Every way in which the head is not one plain, unambiguous HTTP/1.1 request; empty when it is. */
  readonly faults: string[];
  readonly chunkSizes: number[] = [];
  readonly trailers: HeaderLine[] = [];
  bodyState: 'arriving' | 'complete' | 'aborted' = 'arriving';
  /** Why `bodyState` is `aborted`. */
  bodyFault: string | undefined;
  /** Body bytes so far, without framing. */
  bodyBytes = 0;
  closing: Closing | undefined;
  private readonly pieces: Buffer[] = [];
  private readonly hash = createHash('sha256');
  private digest: string | undefined;

  constructor(
    /** The number of the connection it came on, from 1. */
    readonly connectionId: number,
    head: WireHead,
    private readonly changes: Changes,
  ) {
    const [method = '', target = '', version = '', ...more] = head.startLine.split(' ');
    this.method = method;
    this.target = target;
    this.httpVersion = version.replace(/^HTTP\//, '');
    this.headers = head.headers;
    this.rawHead = head.raw;
    this.framing = statedFraming(head) ?? { kind: 'none' };
    this.faults = head.faults;
    if (more.length > 0 || !/^HTTP\/1\.[01]$/.test(version)) this.faults.push(`bad request line ${head.startLine}`);
    if (valuesOf(head.headers, 'host').length !== 1) this.faults.push('not exactly one host');
  }

  /** The value of the first line called `name`. */
  header(name: string): string | undefined {
    return valuesOf(this.headers, name)[0];
  }

  headerValues(name: string): string[] {
    return valuesOf(this.headers, name);
  }

  /** The body so far. */
  get body(): Buffer {
    if (this.bodyBytes > KEPT_BYTES) throw new Error(`a body of ${this.bodyBytes} bytes is only counted and hashed`);
    return Buffer.concat(this.pieces);
  }

  get text(): string {
    return this.body.toString('utf8');
  }

  /** SHA-256 of the complete body, hex. */
  get sha256(): string {
    if (this.bodyState === 'arriving') throw new Error('the body is still arriving');
    return (this.digest ??= this.hash.digest('hex'));
  }

  json(): unknown {
    return JSON.parse(this.text);
  }

  /** This request once its body is complete; rejects when it is aborted instead. */
  async completed(timeoutMs?: number): Promise<this> {
    if ((await this.bodyEnded(timeoutMs)) === 'aborted') throw new Error(`body aborted: ${this.bodyFault}`);
    return this;
  }

  bodyEnded(timeoutMs?: number): Promise<'complete' | 'aborted'> {
    const look = () => (this.bodyState === 'arriving' ? undefined : this.bodyState);
    return this.changes.until(`the body's end of ${this.method} ${this.target}`, look, timeoutMs);
  }

  /** Resolves when `count` body bytes have arrived. */
  async received(count: number, timeoutMs?: number): Promise<void> {
    const look = () => (this.bodyBytes >= count ? true : undefined);
    await this.changes.until(`${count} bytes of ${this.method} ${this.target}`, look, timeoutMs);
  }

  /** Resolves when the connection of this request has ended, by either side. */
  closed(timeoutMs?: number): Promise<Closing> {
    return this.changes.until(`the closing under ${this.method} ${this.target}`, () => this.closing, timeoutMs);
  }

  append(bytes: Buffer): void {
    this.bodyBytes += bytes.length;
    this.hash.update(bytes);
    if (this.bodyBytes <= KEPT_BYTES) this.pieces.push(bytes);
    else this.pieces.length = 0;
    this.changes.notify();
  }

  endBody(fault: string | undefined): void {
    this.bodyFault = fault;
    this.bodyState = fault === undefined ? 'complete' : 'aborted';
    this.changes.notify();
  }
}
