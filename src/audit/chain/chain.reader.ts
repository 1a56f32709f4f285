import type { DataSource } from 'typeorm';
import { dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import type { AuditHead, AuditRow } from '../row/audit.row.js';
import type { Start } from './chain.fault.js';
import { startOf } from './chain.start.js';
import { storedRow } from '../row/stored.row.js';

/** Rows of one statement: each has to end before the limit of statements, SQLite reads them in one piece, and a row may be large. */
const WINDOW = 200;
/** While rows are pruned, the first row and the row about it may be read one step apart. */
const TRIES = 3;

type Columns = Record<string, unknown>;

const FIRST = 'SELECT seq FROM audit_events ORDER BY seq LIMIT 1';
const PRUNE = `SELECT * FROM audit_events WHERE action = 'audit.prune' ORDER BY seq DESC LIMIT 1`;
const ROWS = `SELECT * FROM audit_events WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ${WINDOW}`;
/** One statement, so one state of the database: rows that writers add meanwhile are in both or in neither. */
const END = `SELECT audit_seq, audit_hash, audit_at, (SELECT max(seq) FROM audit_events) AS last_seq FROM revisions`;
/** The row and the counter, in one state of the database. */
const NEWEST = `SELECT e.*, r.audit_seq AS counter_seq, r.audit_hash AS counter_hash, r.audit_at AS counter_at
  FROM audit_events e LEFT JOIN revisions r ON r.id = 1 ORDER BY e.seq DESC LIMIT 1`;
const LAST = 'SELECT max(seq) AS last_seq FROM audit_events';

/** What the change counter says, and the number of the last row. */
export interface StoredEnd {
  readonly head: AuditHead | undefined;
  readonly lastSeq: number;
}

/** Reads the log in windows, on any connection. */
export class ChainReader {
  private readonly rowsSql: string;

  constructor(private readonly dataSource: DataSource) {
    this.rowsSql = withPlaceholders(ROWS, dialectOf(dataSource));
  }

  /** The head is undefined when the counter was created anew and has seen no row since. */
  async end(): Promise<StoredEnd> {
    const [row]: Columns[] = await this.dataSource.query(END);
    if (!row) {
      const [last]: Columns[] = await this.dataSource.query(LAST);
      return { head: undefined, lastSeq: numberOf(last) };
    }
    return {
      head: headOf(row['audit_seq'], row['audit_hash'], row['audit_at']),
      lastSeq: numberOf(row),
    };
  }

  /** The newest row, and the head that the counter names at the same moment. */
  async newest(): Promise<{
    row: AuditRow | undefined;
    head: AuditHead | undefined;
  }> {
    const [found]: Columns[] = await this.dataSource.query(NEWEST);
    if (!found) return { row: undefined, head: (await this.end()).head };
    const { counter_seq: seq, counter_hash: hash, counter_at: at, ...columns } = found;
    return { row: storedRow(columns), head: headOf(seq, hash, at) };
  }

  async start(): Promise<Start> {
    let start = startOf(undefined, undefined);
    for (let tries = 0; tries < TRIES; tries += 1) {
      const [prune]: Columns[] = await this.dataSource.query(PRUNE);
      const [first]: Columns[] = await this.dataSource.query(FIRST);
      const seq = first && Number(first['seq']);
      start = startOf(seq, prune && storedRow(prune));
      if (seq === undefined || seq === start.seq) return start;
    }
    return start;
  }

  /** The columns of the next rows behind `after`, at most `WINDOW`, for `storedRow`. */
  async columns(after: number, upTo: number): Promise<Columns[]> {
    return this.dataSource.query(this.rowsSql, [after, upTo]);
  }
}

/** Undefined for a counter without rows. */
const headOf = (seq: unknown, hash: unknown, at: unknown): AuditHead | undefined =>
  Number(seq ?? 0) > 0 ? { seq: Number(seq), hash: String(hash), at: Number(at) } : undefined;

const numberOf = (row: Columns | undefined): number => Number(row?.['last_seq'] ?? 0);
