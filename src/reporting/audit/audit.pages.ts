import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { errors } from '../../common/errors/errors.js';
import type { AuditRow } from '../../audit/row/audit.row.js';
import { AuditCounts, type Total } from './audit.counts.js';
import type { AuditFilter, Term } from './audit.filter.js';
import { AuditPlans, MAX_COUNTED } from './audit.plans.js';
import { AuditRows, type Look } from './audit.rows.js';
import { isDriver, type Span } from './audit.sql.js';

/** Rows that one statement looks through; with a search each row takes longer. */
const PART = 2500;
const SEARCH_PART = 1000;
/** A call ends its work after this time. The rows that it did not reach follow by `before`. */
const WORK_MS = 50;
/** With a full page it only counts on. */
const COUNT_MS = 15;
/** Rows of an index that the database skips for a page. */
const MAX_SKIPPED = 10_000;

export interface AuditPage {
  /** The newest first. */
  readonly rows: readonly AuditRow[];
  readonly total: Total;
  /** Where the next page begins; undefined behind the last one. */
  readonly nextBefore: number | undefined;
}

interface Window {
  /** The page from 1 and its size in rows. */
  readonly page: number;
  readonly size: number;
  /** Only rows with a smaller number. */
  readonly before: number | undefined;
}

interface Found {
  readonly numbers: readonly number[];
  readonly total: Total;
  readonly nextBefore: number | undefined;
}

/** Rows that were found, the newest first. */
interface Looked {
  readonly found: readonly number[];
  /** Rows before this one were not looked at; undefined when there are none. */
  readonly reached: number | undefined;
}

const NOTHING: Found = { numbers: [], total: { count: 0, isMinimum: false }, nextBefore: undefined };

/** Pages of the audit log. The work of a page is bounded, whatever the filter and the number of rows. */
@Injectable()
export class AuditPages {
  constructor(
    private readonly rows: AuditRows,
    private readonly counts: AuditCounts,
    private readonly plans: AuditPlans,
  ) {}

  async page(filter: AuditFilter, window: Window): Promise<AuditPage> {
    const { numbers, total, nextBefore } = await this.find(filter, window);
    return { rows: await this.rows.byNumbers(numbers, 'DESC'), total, nextBefore };
  }

  private async find(filter: AuditFilter, window: Window): Promise<Found> {
    const all = filter.isEmpty ? undefined : await this.rows.span(filter);
    if (!all) return NOTHING;
    const span = window.before === undefined ? all : { ...all, high: Math.min(all.high, window.before - 1) };
    if (span.low > span.high) return NOTHING;
    const { terms, search } = filter;
    if (search === undefined && terms.length === 0) return everyRow(span, window);
    const [only, ...others] = terms;
    const isWhole = filter.from === undefined && filter.to === undefined && window.before === undefined;
    if (search === undefined && only && others.length === 0 && isDriver(only) && only.alternatives.length === 1)
      return this.ofValue(only, span, window, isWhole);
    return this.searched(filter, span, window);
  }

  /** One value: its index has the numbers of its rows in order. */
  private async ofValue(term: Term, span: Span, { page, size }: Window, isWhole: boolean): Promise<Found> {
    const total = isWhole ? await this.counts.ofAll(term, span) : await this.counts.ofPart(term, span);
    const offset = (page - 1) * size;
    const left = total.count - offset;
    if (left <= 0 && !total.isMinimum) return { ...NOTHING, total };
    // The database reads what it skips: from the nearer end.
    if (!total.isMinimum && offset > total.count / 2) {
      const skipped = skippable(Math.max(0, left - size));
      const rising = await this.rows.numbers(term, span, 'ASC', skipped, Math.min(size, left));
      const numbers = rising.toReversed();
      return { numbers, total, nextBefore: left > size ? numbers.at(-1) : undefined };
    }
    const numbers = await this.rows.numbers(term, span, 'DESC', skippable(offset), size);
    const hasNext = left > size || (total.isMinimum && numbers.length === size);
    return { numbers, total, nextBefore: hasNext ? numbers.at(-1) : undefined };
  }

  /** Rows that have the searched id as one of theirs are on the first page already, however far down they stand. */
  private async searched(filter: AuditFilter, span: Span, window: Window): Promise<Found> {
    const looked = await this.look(filter, span, window);
    const { found, reached } = looked;
    const { terms, searchedId } = filter;
    if (reached === undefined || searchedId === undefined || window.before !== undefined) return pageOf(looked, window);
    if (found.length > window.page * window.size) return pageOf(looked, window);
    const named = { ...filter, terms: [searchedId, ...terms], search: undefined, searchedId: undefined };
    const older = await this.look(named, { ...span, high: reached - 1 }, window);
    return pageOf({ found: [...found, ...older.found], reached }, window);
  }

  private async look(filter: AuditFilter, span: Span, window: Window): Promise<Looked> {
    if (span.low > span.high) return { found: [], reached: undefined };
    const { look, count } = await this.plans.of(filter, span, 'DESC');
    if (count === 0) return { found: [], reached: undefined };
    const part = filter.search === undefined ? PART : SEARCH_PART;
    const isSmall = filter.search === undefined && count <= MAX_COUNTED;
    return this.inParts(look, span, window, isSmall ? MAX_COUNTED + 1 : part);
  }

  /** Looks through parts of the driver's rows, until there are no more or the time of a call is over. */
  private async inParts(look: Look, span: Span, window: Window, size: number): Promise<Looked> {
    const startedAt = performance.now();
    const found: number[] = [];
    for (let { high } = span; ;) {
      const part = await this.rows.next(look, { ...span, high }, size);
      found.push(...part.found);
      if (part.isLast) return { found, reached: undefined };
      high = part.reached! - 1;
      if (high < span.low) return { found, reached: undefined };
      const isFull = found.length > window.page * window.size;
      if (performance.now() - startedAt > (isFull ? COUNT_MS : WORK_MS)) return { found, reached: high + 1 };
      await setImmediate();
    }
  }
}

/** Throws `validation_failed`. */
function skippable(rows: number): number {
  if (rows <= MAX_SKIPPED) return rows;
  throw errors.fieldInvalid('page', `is more than ${MAX_SKIPPED} rows away: use before, as in next_before`);
}

function pageOf({ found, reached }: Looked, { page, size }: Window): Found {
  const offset = (page - 1) * size;
  const numbers = found.slice(offset, offset + size);
  const last = numbers.at(-1);
  // What follows a row below `reached` is not all that follows.
  const hasMore = found.length > offset + size && (reached === undefined || last! >= reached);
  return {
    numbers,
    total: { count: found.length, isMinimum: reached !== undefined },
    nextBefore: hasMore ? last : reached,
  };
}

/** Numbers have no gaps. */
function everyRow({ low, high }: Span, { page, size }: Window): Found {
  const newest = high - (page - 1) * size;
  const oldest = Math.max(low, newest - size + 1);
  const numbers = Array.from({ length: Math.max(0, newest - oldest + 1) }, (_, i) => newest - i);
  return {
    numbers,
    total: { count: high - low + 1, isMinimum: false },
    nextBefore: oldest > low && numbers.length > 0 ? oldest : undefined,
  };
}
