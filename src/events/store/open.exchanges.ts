import type { OpenExchange } from './event.draft.js';
import { uuidOf } from './segment.body.js';

/** An exchange that is open for longer is written again, so that its old segment can go. */
const RENEW_AFTER_MS = 60 * 60 * 1000;

interface Entry {
  readonly exchange: OpenExchange;
  readonly segment: number;
  readonly writtenAt: number;
}

/** The exchanges that run, and the segments that say so. In the order of segments. */
export class OpenExchanges {
  private readonly entries = new Map<string, Entry>();

  get size(): number {
    return this.entries.size;
  }

  /** Those of `opened` that are not known, and those that were written long ago. */
  toWrite(opened: readonly OpenExchange[], now: number): OpenExchange[] {
    const old: OpenExchange[] = [];
    for (const { exchange, writtenAt } of this.entries.values()) {
      if (now - writtenAt < RENEW_AFTER_MS) break;
      old.push(exchange);
    }
    return [...old, ...opened.filter(({ uuid }) => !this.entries.has(uuid))];
  }

  written(opened: readonly OpenExchange[], segment: number, now: number): void {
    for (const exchange of opened) {
      this.entries.delete(exchange.uuid);
      this.entries.set(exchange.uuid, { exchange, segment, writtenAt: now });
    }
  }

  ended(lines: readonly string[]): void {
    if (this.entries.size > 0) for (const line of lines) this.entries.delete(uuidOf(line));
  }

  /** The first segment that recovery has to read; `none` when no exchange is open. */
  firstSegment(none: number): number {
    for (const { segment } of this.entries.values()) return segment;
    return none;
  }

  list(): OpenExchange[] {
    return [...this.entries.values()].map(({ exchange }) => exchange);
  }
}
