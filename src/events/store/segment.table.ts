import { DATABASE_CLOCK } from '../../database/dialect/dialect.js';
import type { OpenExchange } from './event.draft.js';
import type { EventDatabase } from './event.database.js';
import type { SegmentBody } from './segment.body.js';
import { idsOf } from './segment.ids.js';

export interface NewSegment extends SegmentBody {
  readonly replica: string;
  readonly epoch: number;
  readonly number: number;
  readonly firstSeq: number;
  readonly opened: readonly OpenExchange[];
}

export interface StoredSegment {
  readonly id: number;
  readonly lines: readonly string[];
  readonly opened: readonly OpenExchange[];
}

const COLUMNS = 'replica, epoch, number, first_seq, events, bytes, created_at, min_at, max_at, ids, body, opened';

/** Inserts the segment and a pending row for every registered sink; returns the id of the segment. */
export async function insertSegment(transaction: EventDatabase, segment: NewSegment): Promise<number> {
  const { dialect } = transaction;
  const { replica, epoch, number, firstSeq, lines, bytes, minAt, maxAt, opened } = segment;
  const values = [replica, epoch, number, firstSeq, lines.length, bytes, minAt, maxAt, idsOf(lines), lines.join('\n')];
  const parameters = [...values, opened.length > 0 ? JSON.stringify(opened) : null];
  const insert = `INSERT INTO event_segments (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ${DATABASE_CLOCK[dialect]}, ?, ?, ?, ?, ?)`;
  if (dialect === 'postgres') {
    const sql = `WITH written AS (${insert} RETURNING id),
      noted AS (INSERT INTO event_pending (sink, segment_id) SELECT s.sink, w.id FROM event_sinks s CROSS JOIN written w)
      SELECT id FROM written`;
    return (await transaction.query<{ id: number }>(sql, parameters))[0]!.id;
  }
  const id = await transaction.insert(insert, parameters);
  await transaction.execute('INSERT INTO event_pending (sink, segment_id) SELECT sink, ? FROM event_sinks', [id]);
  return id;
}

const ROWS_A_READ = 32;

/** The segments of a replica from `from` on, the oldest first. */
export async function* segmentsOf(
  database: EventDatabase,
  replica: string,
  from: number,
): AsyncGenerator<StoredSegment, void, undefined> {
  const sql = `SELECT id, body, opened FROM event_segments WHERE replica = ? AND epoch > 0 AND id >= ? ORDER BY id LIMIT ${ROWS_A_READ}`;
  for (let next = from; ;) {
    const rows = await database.query<{ id: number; body: string; opened: string | null }>(sql, [replica, next]);
    for (const { id, body, opened } of rows)
      yield { id, lines: linesOf(body), opened: opened === null ? [] : (JSON.parse(opened) as OpenExchange[]) };
    if (rows.length < ROWS_A_READ) return;
    next = rows.at(-1)!.id + 1;
  }
}

export const linesOf = (body: string): string[] => (body === '' ? [] : body.split('\n'));

/** A notice is not an event: it has no `seq` and adds nothing to sums. */
export const isNotice = (line: string): boolean => line.includes('"kind":"notice"') && isNoticeAsJson(line);

/** The words may also stand in a text of a client. */
const isNoticeAsJson = (line: string): boolean => (JSON.parse(line) as { kind: string }).kind === 'notice';
