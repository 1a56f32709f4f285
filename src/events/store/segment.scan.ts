import type { Dialect } from '../../database/dialect/dialect.js';
import type { RequestFilter } from '../event/event.queries.js';
import type { ProxyEvent } from '../event/proxy.event.js';
import type { EventDatabase } from './event.database.js';
import { hashOf } from './segment.ids.js';
import { linesOf } from './segment.table.js';

/** The place of an event: its segment and its line there. */
export interface Place {
  readonly segment: number;
  readonly line: number;
}

export interface ReadSegment {
  readonly id: number;
  readonly createdAt: number;
  readonly lines: readonly string[];
}

/** Segments of one statement. */
const ROWS = 8;
/** Segments that one statement looks through for a text: about 5 MB, so that writes come in between. */
const WINDOW = 256;

export const cursorOf = ({ segment, line }: Place): string => `${segment}.${line}`;

/** Undefined for a text that is not a cursor. */
export function placeOf(cursor: string): Place | undefined {
  const parts = /^(\d{1,15})\.(\d{1,6})$/.exec(cursor);
  return parts ? { segment: Number(parts[1]), line: Number(parts[2]) } : undefined;
}

/** The event of a line; undefined for a notice. */
export function eventOf(line: string): ProxyEvent | undefined {
  const event = JSON.parse(line) as ProxyEvent;
  return (event.kind as string) === 'notice' ? undefined : event;
}

/** Reads segments newest first, in steps: each looks through at most WINDOW segments. */
export class SegmentScan {
  /** The next step begins below this id; 0 when all are read. */
  below = 0;
  private oldest = 0;

  private constructor(
    private readonly database: EventDatabase,
    private readonly where: string,
    private readonly parameters: readonly unknown[],
  ) {}

  /** Segments that may have events of these times and this id with all these texts, the newest of which is `newest`. */
  static async open(
    database: EventDatabase,
    { from, to, requestId }: Pick<RequestFilter, 'from' | 'to' | 'requestId'>,
    needles: readonly string[],
    newest?: number,
  ): Promise<SegmentScan> {
    const contains = CONTAINS[database.dialect];
    const terms = ['epoch > 0'];
    const parameters: unknown[] = [];
    // First: a body is read only when the others are true.
    if (requestId !== undefined) add(`(ids IS NULL OR ${contains('ids')})`, hashOf(requestId));
    if (from !== undefined) add('max_at >= ?', from);
    if (to !== undefined) add('min_at < ?', to);
    for (const needle of needles) add(contains('body'), needle);
    const scan = new SegmentScan(database, terms.join(' AND '), parameters);
    const [range] = await database.query<{ oldest: number | null; newest: number | null }>(
      'SELECT min(id) AS oldest, max(id) AS newest FROM event_segments',
    );
    scan.oldest = range?.oldest ?? 0;
    scan.below = Math.min(newest ?? Infinity, range?.newest ?? 0) + 1;
    if (scan.below <= scan.oldest) scan.below = 0;
    return scan;

    function add(term: string, value: unknown): void {
      terms.push(term);
      parameters.push(value);
    }
  }

  get isDone(): boolean {
    return this.below === 0;
  }

  async next(): Promise<ReadSegment[]> {
    const floor = Math.max(this.oldest, this.below - WINDOW);
    const sql = `SELECT id, created_at, body FROM event_segments WHERE id < ? AND id >= ? AND ${this.where} ORDER BY id DESC LIMIT ${ROWS}`;
    const rows = await this.database.query<{ id: number; created_at: number; body: string }>(sql, [
      this.below,
      floor,
      ...this.parameters,
    ]);
    this.below = rows.length < ROWS ? floor : rows.at(-1)!.id;
    if (this.below <= this.oldest) this.below = 0;
    return rows.map(({ id, created_at: createdAt, body }) => ({ id, createdAt, lines: linesOf(body) }));
  }
}

const CONTAINS: Record<Dialect, (column: string) => string> = {
  sqlite: (column) => `instr(${column}, ?) > 0`,
  postgres: (column) => `position(? IN ${column}) > 0`,
  mysql: (column) => `locate(?, ${column}) > 0`,
};
