import { DATABASE_CLOCK } from '../../database/dialect/dialect.js';
import {
  type EventCursor,
  EventReader,
  type KeptEvent,
  type RequestFilter,
  type UsageFilter,
  type UsageRow,
} from '../event/event.queries.js';
import type { ProxyEvent } from '../event/proxy.event.js';
import { joinBodies } from './bodies/body.table.js';
import type { EventDatabase } from './event.database.js';
import { matches, needlesOf } from './request.match.js';
import { cursorOf, eventOf, type Place, placeOf, type ReadSegment, SegmentScan } from './segment.scan.js';
import { linesOf } from './segment.table.js';
import { readUsage } from './usage.query.js';

/** A page is cut after this time, and says where to go on. */
const PAGE_MS = 400;
/** The search for one event goes on for this long. */
const FIND_MS = 5000;
/** Segments that one look for new events reads. */
const NEW_SEGMENTS = 64;
/** A transaction that takes longer is taken for one that failed. */
const COMMIT_MS = 5000;

const NEW_SQL = `SELECT id, created_at, body, epoch FROM event_segments WHERE id >= ? ORDER BY id LIMIT ${NEW_SEGMENTS}`;

/** Reads events and sums. Runs on the events worker. */
export class StoredEvents extends EventReader {
  constructor(private readonly database: EventDatabase) {
    super();
  }

  async requests(
    filter: RequestFilter,
    { before, limit }: { readonly before?: EventCursor; readonly limit: number },
  ): Promise<{ readonly events: readonly KeptEvent[]; readonly next?: EventCursor }> {
    const start = before === undefined ? undefined : placeOf(before);
    if (before !== undefined && start === undefined) return { events: [] };
    const wanted = wantedOf(filter);
    const scan = await SegmentScan.open(this.database, filter, wanted.needles, start?.segment);
    const events: KeptEvent[] = [];
    const giveUpAt = performance.now() + PAGE_MS;
    while (!scan.isDone) {
      for (const segment of await scan.next()) {
        const end = segment.id === start?.segment ? start.line : segment.lines.length;
        for (const kept of newestFirst(segment, wanted, end)) {
          events.push(kept);
          if (events.length === limit) return { events, next: kept.cursor };
        }
      }
      if (performance.now() > giveUpAt && !scan.isDone)
        return { events, next: cursorOf({ segment: scan.below, line: 0 }) };
    }
    return { events };
  }

  async request(id: string): Promise<ProxyEvent | undefined> {
    const scan = await SegmentScan.open(this.database, { requestId: id }, [JSON.stringify(id)]);
    const giveUpAt = performance.now() + FIND_MS;
    while (!scan.isDone && performance.now() < giveUpAt)
      for (const segment of await scan.next())
        for (const line of segment.lines.toReversed()) {
          const event = line.includes(id) ? eventOf(line) : undefined;
          if (event && (event.id === id || event.request_id === id)) return this.whole(event, line);
        }
    return undefined;
  }

  /**
   * Identities are given out in another order than transactions commit. A look therefore ends before a missing identity,
   * until its transaction must have ended.
   */
  async after(
    since: EventCursor | undefined,
    filter: RequestFilter,
    limit: number,
  ): Promise<{ readonly events: readonly KeptEvent[]; readonly last: EventCursor; readonly skipped: number }> {
    const start = since === undefined ? undefined : placeOf(since);
    if (start === undefined) return { events: [], last: await this.newest(), skipped: 0 };
    const wanted = wantedOf(filter);
    const events: KeptEvent[] = [];
    let [skipped, last] = [0, start];
    for (const segment of await this.newSegments(start.segment)) {
      const begin = segment.id === start.segment ? start.line + 1 : 0;
      for (const kept of oldestFirst(segment, wanted, begin))
        if (events.length < limit) events.push(kept);
        else skipped += 1;
      last = { segment: segment.id, line: Math.max(begin, segment.lines.length) - 1 };
    }
    return { events, last: cursorOf({ ...last, line: Math.max(0, last.line) }), skipped };
  }

  async usage(filter: UsageFilter): Promise<readonly UsageRow[]> {
    return readUsage(this.database, filter);
  }

  private async whole(event: ProxyEvent, line: string): Promise<ProxyEvent> {
    if (!event.captured) return event;
    const [joined] = await joinBodies(this.database, [line]);
    return JSON.parse(joined!) as ProxyEvent;
  }

  private async newest(): Promise<EventCursor> {
    const [row] = await this.database.query<{ id: number | null }>('SELECT max(id) AS id FROM event_segments');
    return cursorOf({ segment: row?.id ?? 0, line: 999_999 });
  }

  private async newSegments(from: number): Promise<ReadSegment[]> {
    const rows = await this.database.query<{ id: number; created_at: number; body: string; epoch: number }>(NEW_SQL, [
      from,
    ]);
    const now = await this.now();
    const whole: ReadSegment[] = [];
    let expected = from + 1;
    for (const { id, created_at: createdAt, body, epoch } of rows) {
      if (id > expected && now - createdAt < COMMIT_MS) break;
      whole.push({ id, createdAt, lines: epoch > 0 ? linesOf(body) : [] });
      expected = id + 1;
    }
    return whole;
  }

  private async now(): Promise<number> {
    const [row] = await this.database.query<{ now: number }>(`SELECT ${DATABASE_CLOCK[this.database.dialect]} AS now`);
    return row!.now;
  }
}

/** A filter, with the text that every event has that passes it. */
interface Wanted {
  readonly filter: RequestFilter;
  readonly needles: readonly string[];
}

const wantedOf = (filter: RequestFilter): Wanted => ({ filter, needles: needlesOf(filter) });

function* newestFirst({ id, lines }: ReadSegment, wanted: Wanted, end: number): Generator<KeptEvent> {
  for (let line = Math.min(end, lines.length) - 1; line >= 0; line -= 1) {
    const kept = keptAt(lines[line]!, { segment: id, line }, wanted);
    if (kept) yield kept;
  }
}

function* oldestFirst({ id, lines }: ReadSegment, wanted: Wanted, begin: number): Generator<KeptEvent> {
  for (let line = begin; line < lines.length; line += 1) {
    const kept = keptAt(lines[line]!, { segment: id, line }, wanted);
    if (kept) yield kept;
  }
}

/** Most lines are not parsed. */
function keptAt(text: string, place: Place, { filter, needles }: Wanted): KeptEvent | undefined {
  if (!needles.every((needle) => text.includes(needle))) return undefined;
  const event = eventOf(text);
  return event && matches(event, filter) ? { cursor: cursorOf(place), event } : undefined;
}
