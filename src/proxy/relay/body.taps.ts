import { Injectable, Logger } from '@nestjs/common';
import type { Exchange } from '../../http/exchange.js';
import { upstreamHeaders } from '../../http/header.rules.js';

/**
 * Reads one body. It runs on the event loop, so it must not block. An error that it throws is logged, ends its reading (`end`
 * is not called) and has no other effect.
 */
export interface BodyReader {
  /**
   * Set for a reader that takes less time than it costs to wait for a later turn: it gets each piece at once, one of a
   * response right after it was written. It may keep the pieces.
   */
  readonly isQuick?: true;
  /** The next piece. The reader must not change it, nor keep it after the call. */
  read(piece: Buffer): void;
  /** Called once, before the observers of the exchange. `isWhole` is false for a body that broke off or was dropped. */
  end(isWhole: boolean): void;
}

/**
 * Opens a reader for a body; returns undefined to skip it. `headers` is the flat list of the forwarded headers, without the
 * credential of a request; it is not to be kept.
 */
export type OpenReader = (exchange: Exchange, headers: readonly string[]) => BodyReader | undefined;

/** Sees the first piece of the body of a request, before it is sent: it must not keep it. */
export type ReadStart = (exchange: Exchange, piece: Buffer) => void;

/** Maximum of the pending bytes of one body. One turn of the event loop reads less from a connection. Above it the tap ends. */
const MAX_PENDING_BYTES = 1024 * 1024;
const NO_CREDENTIAL = '';
const NO_READERS: readonly BodyReader[] = [];

/** The list of body readers. An empty list costs a body one length check. */
@Injectable()
export class BodyTaps {
  private readonly logger = new Logger(BodyTaps.name);
  private readonly ofRequests: OpenReader[] = [];
  private readonly ofResponses: OpenReader[] = [];
  private readonly ofStarts: ReadStart[] = [];

  onRequest(open: OpenReader): void {
    this.ofRequests.push(open);
  }

  onResponse(open: OpenReader): void {
    this.ofResponses.push(open);
  }

  /** Costs no copy of the body, as `onRequest` does. */
  onRequestStart(read: ReadStart): void {
    this.ofStarts.push(read);
  }

  requestStart(exchange: Exchange, piece: Buffer): void {
    for (const read of this.ofStarts)
      try {
        read(exchange, piece);
      } catch (error) {
        this.report(error);
      }
  }

  request(exchange: Exchange): BodyTap | undefined {
    if (this.ofRequests.length === 0) return undefined;
    return this.open(this.ofRequests, exchange, upstreamHeaders(exchange.request.rawHeaders, NO_CREDENTIAL));
  }

  response(exchange: Exchange, headers: readonly string[]): BodyTap | undefined {
    return this.ofResponses.length === 0 ? undefined : this.open(this.ofResponses, exchange, headers);
  }

  private open(list: OpenReader[], exchange: Exchange, headers: readonly string[]): BodyTap | undefined {
    let tap: BodyTap | undefined;
    for (const open of list)
      // No closure: this runs for every response.
      try {
        const reader = open(exchange, headers);
        if (reader) (tap ??= new BodyTap(this.report)).add(reader);
      } catch (error) {
        this.report(error);
      }
    return tap;
  }

  private readonly report = (error: unknown): void => {
    this.logger.error({ msg: 'a reader of bodies failed', err: error });
  };
}

/**
 * Copies of one body for its readers. Pieces are handed over in a later turn of the event loop, the last ones at the end of
 * the body, so that no byte waits for a reader; quick readers get theirs at once. Back pressure does not change.
 */
export class BodyTap {
  // Lists are shared until something is in them: most bodies have one quick reader.
  private quick: readonly BodyReader[] = NO_READERS;
  private readers: readonly BodyReader[] = NO_READERS;
  private pending: Buffer[] | undefined;
  private pendingBytes = 0;

  constructor(private readonly report: (error: unknown) => void) {}

  add(reader: BodyReader): void {
    if (reader.isQuick) this.quick = [...this.quick, reader];
    else this.readers = [...this.readers, reader];
  }

  /** `piece` must stay as it is until it is handed over, and for as long as a quick reader keeps it. */
  write(piece: Buffer): void {
    if (this.quick.length > 0) this.quick = this.read(this.quick, piece);
    if (this.readers.length === 0) return;
    if (!this.pending) setImmediate(() => this.handOver());
    (this.pending ??= []).push(piece);
    this.pendingBytes += piece.length;
    if (this.pendingBytes > MAX_PENDING_BYTES) this.endReaders(false);
  }

  /** Hands over what is pending, and the end. Once. */
  end(isWhole: boolean): void {
    this.handOver();
    const { quick } = this;
    this.quick = NO_READERS;
    this.endAll(quick, isWhole);
    this.endReaders(isWhole);
  }

  private handOver(): void {
    const pieces = this.pending;
    if (!pieces) return;
    this.pending = undefined;
    this.pendingBytes = 0;
    for (const piece of pieces) this.readers = this.read(this.readers, piece);
  }

  private endReaders(isWhole: boolean): void {
    const { readers } = this;
    this.readers = NO_READERS;
    this.endAll(readers, isWhole);
  }

  /** The readers that did not fail. */
  private read(readers: readonly BodyReader[], piece: Buffer): readonly BodyReader[] {
    let left = readers;
    for (const reader of readers)
      try {
        reader.read(piece);
      } catch (error) {
        left = left.filter((other) => other !== reader);
        this.report(error);
      }
    return left;
  }

  private endAll(readers: readonly BodyReader[], isWhole: boolean): void {
    for (const reader of readers)
      try {
        reader.end(isWhole);
      } catch (error) {
        this.report(error);
      }
  }
}
