import { STATUS_CODES } from 'node:http';
import type { RecordedRequest } from './recorded.request.js';
import type { UpstreamConnection } from './upstream.connection.js';
import { hasToken, valuesOf, type HeaderLine } from './wire.head.js';
import { chunkBytes } from './chunk.bytes.js';

/** A complete response, framed by content-length unless its headers contain the framing. */
export interface Answer {
  status?: number;
  headers?: readonly HeaderLine[];
  body?: string | Buffer;
}

/** One request and the means to respond to it, from a complete response down to single bytes. */
export class Exchange {
  /** True when the connection serves no further request. */
  last = false;

  constructor(
    readonly connection: UpstreamConnection,
    readonly request: RecordedRequest,
  ) {}

  /** Waits for the whole body, after 100 (Continue) to a client that expects it. False when the body never completes. */
  async receiveAll(): Promise<boolean> {
    if (hasToken(this.request.headers, 'expect', '100-continue')) await this.head(100);
    return (await this.request.bodyEnded(Infinity)) === 'complete';
  }

  async answer({ status = 200, headers = [], body = '' }: Answer): Promise<void> {
    const bytes = Buffer.from(body);
    const framed = valuesOf(headers, 'content-length').length + valuesOf(headers, 'transfer-encoding').length > 0;
    // RFC 9112 §6.3: 204 and 304 have no body, so no header may announce one.
    const bodiless = status === 204 || status === 304;
    await this.head(status, framed || bodiless ? headers : [...headers, ['content-length', String(bytes.length)]]);
    if (bytes.length > 0 && this.request.method !== 'HEAD' && !bodiless) await this.write(bytes);
  }

  /** Writes exactly this status line and these header lines. */
  head(status: number, headers: readonly HeaderLine[] = []): Promise<boolean> {
    if (hasToken(headers, 'connection', 'close')) this.last = true;
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
    return this.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`);
  }

  chunk(data: string | Buffer): Promise<boolean> {
    return this.write(chunkBytes(Buffer.from(data)));
  }

  lastChunk(trailers: readonly HeaderLine[] = []): Promise<boolean> {
    return this.write(`0\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  }

  /** Writes raw bytes; a string is Latin-1. False when the connection is closed. */
  write(bytes: string | Buffer): Promise<boolean> {
    return this.connection.write(bytes);
  }

  fin(): void {
    this.last = true;
    this.connection.fin();
  }

  reset(): void {
    this.last = true;
    this.connection.reset();
  }
}
