import type { DataSource } from 'typeorm';
import { dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import { COLUMNS } from '../row/audit.columns.js';
import { lineOf } from '../row/audit.line.js';
import { IS_NUMBERED, storedRow } from '../row/stored.row.js';
import type { Position } from './file.position.js';

/** The most rows of one reading: a row may have 120 KB. */
export const WINDOW = 100;

const SELECT = `SELECT ${COLUMNS.join(', ')} FROM audit_events WHERE`;
const ORDER = `ORDER BY seq LIMIT ${WINDOW + 1}`;

/** A row that the file gets. */
export interface TailRow {
  readonly seq: number;
  readonly hash: string;
  readonly prevHash: string;
  /** Without the line feed. */
  readonly line: string;
}

/** The rows of the audit log behind a position. A row whose number is no number has no place in a file. */
export class AuditTail {
  constructor(private readonly dataSource: DataSource) {}

  /** The row of the position itself, when it is there, and up to WINDOW rows behind it; without one, the first rows. */
  async from(seq?: number): Promise<TailRow[]> {
    const isBehind = seq === undefined ? '' : 'AND seq >= ?';
    const sql = `${SELECT} ${this.isNumbered} ${isBehind} ${ORDER}`;
    return (await this.query(sql, seq === undefined ? [] : [seq])).map((columns) => ({
      seq: Number(columns['seq']),
      hash: String(columns['hash']),
      prevHash: String(columns['prev_hash']),
      line: lineOf(storedRow(columns)),
    }));
  }

  /** 0 when there is no row. */
  async newest(): Promise<number> {
    const [row] = await this.query(`SELECT MAX(seq) AS seq FROM audit_events WHERE ${this.isNumbered}`, []);
    return Number(row?.['seq'] ?? 0);
  }

  /** The row that every earlier one was deleted before. */
  async oldest(): Promise<{ readonly seq: number; readonly prevHash: string } | undefined> {
    const [row] = await this.query('SELECT seq, prev_hash FROM audit_events ORDER BY seq LIMIT 1', []);
    return row && { seq: Number(row['seq']), prevHash: String(row['prev_hash']) };
  }

  /** The last of the positions, which ascend, that are rows of this database: the same place with the same hash. */
  async newestOf(positions: readonly Position[]): Promise<Position | undefined> {
    if (positions.length === 0) return undefined;
    const places = positions.map(() => '?').join(', ');
    const rows = await this.query(
      `SELECT seq, hash FROM audit_events WHERE seq IN (${places})`,
      positions.map(({ seq }) => seq),
    );
    const hashes = new Map(rows.map(({ seq, hash }) => [Number(seq), hash]));
    return positions.findLast(({ seq, hash }) => hash !== undefined && hashes.get(seq) === hash);
  }

  private get isNumbered(): string {
    return IS_NUMBERED[dialectOf(this.dataSource)];
  }

  private async query(sql: string, values: readonly unknown[]): Promise<Record<string, unknown>[]> {
    return this.dataSource.query(withPlaceholders(sql, dialectOf(this.dataSource)), [...values]);
  }
}
