import type { DataSource } from 'typeorm';
import { type Dialect, dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import type { AuditHead, AuditRow } from '../row/audit.row.js';
import type { Start } from './chain.fault.js';
import { startOf } from './chain.start.js';
import { IS_NUMBERED, IS_UNNUMBERED, storedRow } from '../row/stored.row.js';

/** Rows of one statement: each has to end before the limit of statements, SQLite reads them in one piece, and a row may be large. */
const WINDOW = 200;
/** While rows are pruned, the first row and the row about it may be read one step apart. */
const TRIES = 3;

type Columns = Record<string, unknown>;

const FIRST = 'SELECT seq FROM audit_events ORDER BY seq LIMIT 1';
const PRUNE = `SELECT * FROM audit_events WHERE action = 'audit.prune' ORDER BY seq DESC LIMIT 1`;
/** From the lowest row on, whatever number it has. */
const FIRST_ROWS = `SELECT * FROM audit_events WHERE seq <= ? ORDER BY seq LIMIT ${WINDOW}`;
const ROWS = `SELECT * FROM audit_events WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ${WINDOW}`;
/** One statement, so one state of the database: rows that writers add meanwhile are in both or in neither. */
const endSql = (dialect: Dialect): string =>
  `SELECT audit_seq, audit_hash, audit_at, (${lastSql(dialect)}) AS last_seq FROM revisions`;
/** The row and the counter, in one state of the database. */
const NEWEST = `SELECT e.*, r.audit_seq AS counter_seq, r.audit_hash AS counter_hash, r.audit_at AS counter_at
  FROM audit_events e LEFT JOIN revisions r ON r.id = 1 ORDER BY e.seq DESC LIMIT 1`;
const lastSql = (dialect: Dialect): string =>
  `SELECT max(seq) AS last_seq FROM audit_events WHERE ${IS_NUMBERED[dialect]}`;

/** What the change counter says, and the number of the last row: a text where it is too large for a number. */
export interface StoredEnd {
  readonly head: AuditHead | undefined;
  readonly lastSeq: number | string;
}

/** Reads the log in windows, on any connection. */
export class ChainReader {
  private readonly dialect: Dialect;

  constructor(private readonly dataSource: DataSource) {
    this.dialect = dialectOf(dataSource);
  }

  /** The head is undefined when the counter was created anew and has seen no row since. */
  async end(): Promise<StoredEnd> {
    const [row]: Columns[] = await this.dataSource.query(endSql(this.dialect));
    if (!row) {
      const [last]: Columns[] = await this.dataSource.query(lastSql(this.dialect));
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

  /** The columns of the next rows behind `after`, or of the lowest rows, at most `WINDOW`, for `storedRow`. */
  async columns(after: number | undefined, upTo: number | string): Promise<Columns[]> {
    const isFirst = after === undefined;
    const sql = withPlaceholders(isFirst ? FIRST_ROWS : ROWS, this.dialect);
    return this.dataSource.query(sql, isFirst ? [upTo] : [after, upTo]);
  }

  /** The columns of a row whose `seq` is no number: SQLite stores any value. No server writes one. */
  async unnumbered(): Promise<Columns | undefined> {
    const isUnnumbered = IS_UNNUMBERED[this.dialect];
    if (!isUnnumbered) return undefined;
    const [row]: Columns[] = await this.dataSource.query(`SELECT * FROM audit_events WHERE ${isUnnumbered} LIMIT 1`);
    return row;
  }
}

/** Undefined for a counter without rows. */
const headOf = (seq: unknown, hash: unknown, at: unknown): AuditHead | undefined =>
  Number(seq ?? 0) > 0 ? { seq: Number(seq), hash: String(hash), at: Number(at) } : undefined;

function numberOf(row: Columns | undefined): number | string {
  const value = (row?.['last_seq'] ?? 0) as number | string;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
