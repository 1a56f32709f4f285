import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AuditRow } from '../../audit/row/audit.row.js';
import { storedRow } from '../../audit/row/stored.row.js';
import { type Dialect, dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import type { AuditFilter, Term } from './audit.filter.js';
import { ALL_COLUMNS, columnsOf, conditionsOf, type Order, rowsOf, type Span, type Sql } from './audit.sql.js';

/** Rows of a part, and how far it reached. */
export interface Part {
  /** The numbers of the wanted rows. */
  readonly found: number[];
  /** The number of the last row that was looked at; undefined when there was none. */
  readonly reached: number | undefined;
  /** No row of the span follows. */
  readonly isLast: boolean;
}

/** What is looked at, in which order. */
export interface Look {
  readonly driver: Term | undefined;
  /** What the rows of the driver must have besides. */
  readonly rest: Pick<AuditFilter, 'terms' | 'search'>;
  readonly order: Order;
}

type Row = Record<string, unknown>;

/** Statements on the rows of the audit log. Each looks at a bounded number of rows. */
@Injectable()
export class AuditRows {
  constructor(private readonly dataSource: DataSource) {}

  /** From the first row to the last, of a range of times. Undefined without a row. Times never fall from row to row. */
  async span({ from, to }: Pick<AuditFilter, 'from' | 'to'>): Promise<Span | undefined> {
    const low =
      from === undefined
        ? 'SELECT MIN(seq) FROM audit_events'
        : 'SELECT seq FROM audit_events WHERE at >= ? ORDER BY at, seq LIMIT 1';
    const high =
      to === undefined
        ? 'SELECT MAX(seq) FROM audit_events'
        : 'SELECT seq FROM audit_events WHERE at < ? ORDER BY at DESC, seq DESC LIMIT 1';
    const values = [from, to].filter((value) => value !== undefined);
    const [row] = await this.query({ text: `SELECT (${low}) AS low, (${high}) AS high`, values });
    if (row?.['low'] === null || row?.['high'] === null) return undefined;
    const span = { low: Number(row!['low']), high: Number(row!['high']) };
    return span.low > span.high ? undefined : span;
  }

  /** The number of rows of a driver, up to `limit`. */
  async count(driver: Term | undefined, span: Span, limit: number): Promise<number> {
    return (await this.extent({ driver, order: 'ASC' }, span, limit)).count;
  }

  /** How many rows of the driver there are, up to `limit`, and the number of the last one in the order. */
  async extent(
    { driver, order }: Pick<Look, 'driver' | 'order'>,
    span: Span,
    limit: number,
  ): Promise<{ count: number; reached: number | undefined }> {
    const { text, values } = rowsOf(driver, 'seq', span, order, limit);
    const last = order === 'ASC' ? 'MAX' : 'MIN';
    const [row] = await this.query({
      text: `SELECT COUNT(*) AS count, ${last}(seq) AS reached FROM (${text}) part`,
      values,
    });
    const { count, reached } = row as { count: unknown; reached: unknown };
    return { count: Number(count), reached: reached === null ? undefined : Number(reached) };
  }

  /** Numbers of rows of the driver alone, from indexes. */
  async numbers(driver: Term, span: Span, order: Order, offset: number, size: number): Promise<number[]> {
    const { text, values } = rowsOf(driver, 'seq', span, order, size);
    return numbersOf(await this.query({ text: `${text} OFFSET ${offset}`, values }));
  }

  /** Numbers of wanted rows among the next `size` of the driver. */
  async next(look: Look, span: Span, size: number): Promise<Part> {
    const { driver, rest, order } = look;
    const { count, reached } = await this.extent({ driver, order }, span, size);
    if (reached === undefined) return { found: [], reached, isLast: true };
    const within = order === 'ASC' ? { ...span, high: reached } : { ...span, low: reached };
    const part = rowsOf(driver, columnsOf(rest), within, order, size);
    const where = conditionsOf(rest, this.dialect);
    const text = `SELECT seq FROM (${part.text}) part WHERE ${where.text} ORDER BY seq ${order}`;
    const rows = await this.query({ text, values: [...part.values, ...where.values] });
    return { found: numbersOf(rows), reached, isLast: count < size };
  }

  /** Rows by their numbers, in an order of these. A row may have 120 KB. */
  async byNumbers(numbers: readonly number[], order: Order): Promise<AuditRow[]> {
    if (numbers.length === 0) return [];
    const list = numbers.map(() => '?').join(', ');
    const text = `SELECT ${ALL_COLUMNS} FROM audit_events WHERE seq IN (${list}) ORDER BY seq ${order}`;
    return (await this.query({ text, values: numbers })).map(storedRow);
  }

  /** The number of the oldest row: all before it were pruned. Undefined without a row. */
  async first(): Promise<number | undefined> {
    const [row] = await this.query({ text: 'SELECT MIN(seq) AS seq FROM audit_events', values: [] });
    return row?.['seq'] === null ? undefined : Number(row!['seq']);
  }

  /** Undefined when there is no such row. */
  async hashOf(seq: number): Promise<string | undefined> {
    const [row] = await this.query({ text: 'SELECT hash FROM audit_events WHERE seq = ?', values: [seq] });
    return row && String(row['hash']);
  }

  /** Takes the id or the number of a row. */
  async one(column: 'id' | 'seq', value: string | number): Promise<AuditRow | undefined> {
    const text = `SELECT ${ALL_COLUMNS} FROM audit_events WHERE ${column} = ?`;
    const [row] = await this.query({ text, values: [value] });
    return row && storedRow(row);
  }

  private get dialect(): Dialect {
    return dialectOf(this.dataSource);
  }

  private async query({ text, values }: Sql): Promise<Row[]> {
    return this.dataSource.query(withPlaceholders(text, this.dialect), [...values]);
  }
}

const numbersOf = (rows: readonly Row[]): number[] => rows.map(({ seq }) => Number(seq));
