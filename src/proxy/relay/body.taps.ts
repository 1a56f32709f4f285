import { Injectable, Logger } from '@nestjs/common';
import type { Exchange } from '../../http/exchange.js';

/** Reads one body. An error that it throws ends the reading, is logged, and has no other effect. */
export interface BodyReader {
  /** A piece in its order; not to be changed, and not to be kept after the call. */
  read(piece: Buffer): void;
  /** Called once, before the exchange's observers; `isWhole` is false for a body that broke off. */
  end(isWhole: boolean): void;
}

/** Opens a reader for a body; undefined when it is of no interest. `headers` is the flat list as it was sent on. */
export type OpenReader = (exchange: Exchange, headers: readonly string[]) => BodyReader | undefined;

/** More than one connection reads in a turn of the event loop: what is over it would be a leak. */
const MAX_PENDING_BYTES = 1024 * 1024;

/** What reads bodies: the one list. Without an entry a body costs the look into an empty array. */
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
    return this.ofRequests.length === 0 ? undefined : this.open(this.ofRequests, exchange, exchange.request.rawHeaders);
  }

  response(exchange: Exchange, headers: readonly string[]): BodyTap | undefined {
    return this.ofResponses.length === 0 ? undefined : this.open(this.ofResponses, exchange, headers);
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
 * The only seam through which anything sees a body. Pieces are handed over in a later turn of the event loop, after they
 * were written to their receiver, and never more of them than a turn brings: a reader delays no byte and holds none back.
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
