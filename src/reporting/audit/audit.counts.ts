import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import type { Term } from './audit.filter.js';
import { AuditRows } from './audit.rows.js';
import type { Span } from './audit.sql.js';

const MAX_KEPT = 200;
/** Rows that one statement counts. */
const PART = 50_000;
const WORK_MS = 30;

/** The rows of a value from the first row of the log to the row `upTo`. */
interface Kept {
  readonly low: number;
  upTo: number;
  /** Of the row `upTo`; undefined before the first row is counted. */
  hash: string | undefined;
  count: number;
}

export interface Total {
  readonly count: number;
  /** There may be more. */
  readonly isMinimum: boolean;
}

/**
 * How many rows have a value. Rows are only added, so a count is kept and only newer rows are counted the next time. A count
 * that takes long goes on with the next call.
 */
@Injectable()
export class AuditCounts {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly rows: AuditRows) {}

  /** `span` reaches from the first row of the log to the last. */
  async ofAll(term: Term, span: Span): Promise<Total> {
    const kept = await this.stateOf(term, span);
    const endAt = performance.now() + WORK_MS;
    while (kept.upTo < span.high) {
      const { upTo } = kept;
      const counted = await this.rows.extent({ driver: term, order: 'ASC' }, { low: upTo + 1, high: span.high }, PART);
      // Another call counts the same value.
      if (kept.upTo === upTo) {
        kept.count += counted.count;
        kept.upTo = counted.count < PART ? span.high : counted.reached!;
        kept.hash = undefined;
      }
      if (performance.now() > endAt) break;
      await setImmediate();
    }
    kept.hash ??= await this.rows.hashOf(kept.upTo);
    return { count: kept.count, isMinimum: kept.upTo < span.high };
  }

  /** Of a part of the log: nothing is kept. */
  async ofPart(term: Term, span: Span): Promise<Total> {
    const count = await this.rows.count(term, span, PART);
    return { count, isMinimum: count === PART };
  }

  /** The beginning of the log moves on when it is pruned; after a backup was restored, a number is that of another row. */
  private async stateOf(term: Term, { low, high }: Span): Promise<Kept> {
    const key = JSON.stringify(term.alternatives);
    const known = this.kept.get(key);
    const isOfThis = known?.low === low && known.upTo <= high && (await this.isOfThisLog(known));
    const state = isOfThis ? known : { low, upTo: low - 1, hash: undefined, count: 0 };
    // The one that was used last stands at the end.
    this.kept.delete(key);
    this.kept.set(key, state);
    if (this.kept.size > MAX_KEPT) this.kept.delete(this.kept.keys().next().value!);
    return state;
  }

  private async isOfThisLog({ upTo, hash }: Kept): Promise<boolean> {
    return hash !== undefined && (await this.rows.hashOf(upTo)) === hash;
  }
}
