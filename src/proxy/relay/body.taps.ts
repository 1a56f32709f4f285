import { Injectable, Logger } from '@nestjs/common';
import type { Exchange } from '../../http/exchange.js';
import { upstreamHeaders } from '../../http/header.rules.js';

/**
 * Reads one body. It runs on the event loop, so it must not block. An error that it throws is logged, ends its reading (`end`
 * is not called) and has no other effect.
 */
export interface BodyReader {
  /** The next piece. The reader must not change it, nor keep it after the call. */
  read(piece: Buffer): void;
  /** Called once, before the observers of the exchange. `isWhole` is false for a body that broke off or was dropped. */
  end(isWhole: boolean): void;
}

/**
 * Opens a reader for a body; returns undefined to skip it. `headers` is the flat list of the forwarded headers, without the
 * credential of a request.
 */
export type OpenReader = (exchange: Exchange, headers: readonly string[]) => BodyReader | undefined;

/** Maximum of the pending bytes of one body. One turn of the event loop reads less from a connection. Above it the tap ends. */
const MAX_PENDING_BYTES = 1024 * 1024;
const NO_CREDENTIAL = '';

/** The list of body readers. An empty list costs a body one length check. */
@Injectable()
export class BodyTaps {
  private readonly logger = new Logger(BodyTaps.name);
  private readonly ofRequests: OpenReader[] = [];
  private readonly ofResponses: OpenReader[] = [];

  onRequest(open: OpenReader): void {
    this.ofRequests.push(open);
  }

  onResponse(open: OpenReader): void {
    this.ofResponses.push(open);
  }

  request(exchange: Exchange): BodyTap | undefined {
    if (this.ofRequests.length === 0) return undefined;
    return this.open(this.ofRequests, exchange, upstreamHeaders(exchange.request.rawHeaders, NO_CREDENTIAL));
  }

  response(exchange: Exchange, headers: readonly string[]): BodyTap | undefined {
    return this.ofResponses.length === 0 ? undefined : this.open(this.ofResponses, exchange, [...headers]);
  }

  private open(list: OpenReader[], exchange: Exchange, headers: readonly string[]): BodyTap | undefined {
    const readers = list.map((open) => this.guarded(() => open(exchange, headers))).filter((reader) => !!reader);
    return readers.length > 0 ? new BodyTap(readers, (call) => this.guarded(call)) : undefined;
  }

  private guarded<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      this.logger.error({ msg: 'a reader of bodies failed', err: error });
      return undefined;
    }
  }
}

/**
 * Copies of one body for its readers. Pieces are handed over in a later turn of the event loop, the last ones at the end of
 * the body, so that no byte waits for a reader. Back pressure does not change.
 */
export class BodyTap {
  private readers: readonly BodyReader[];
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  constructor(
    readers: readonly BodyReader[],
    private readonly guarded: (call: () => true) => true | undefined,
  ) {
    this.readers = readers;
  }

  /** `piece` must stay as it is until it is handed over. */
  write(piece: Buffer): void {
    if (this.readers.length === 0) return;
    if (this.pending.length === 0) setImmediate(this.handOver);
    this.pending.push(piece);
    this.pendingBytes += piece.length;
    if (this.pendingBytes > MAX_PENDING_BYTES) this.end(false);
  }

  /** Hands over what is pending, and the end. Once. */
  end(isWhole: boolean): void {
    this.handOver();
    for (const reader of this.readers) this.guarded(() => (reader.end(isWhole), true));
    this.readers = [];
  }

  private readonly handOver = (): void => {
    const pieces = this.pending;
    this.pending = [];
    this.pendingBytes = 0;
    for (const piece of pieces)
      this.readers = this.readers.filter((reader) => this.guarded(() => (reader.read(piece), true)));
  };
}
