import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Dialect, dialectOf, UTC_DAY, UTC_MONTH_START, withPlaceholders } from '../../database/dialect/dialect.js';
import { retryConflicts } from '../../database/retry.js';
import { monthStart, utcDay } from './utc.days.js';

/** The project and revision that a request was judged by. A take against a newer revision is not granted. */
export interface JudgedProject {
  readonly projectId: string;
  readonly projectRevision: number;
}

/** Requests that were granted, and the day that they count to. */
export interface ProjectGrant {
  readonly granted: number;
  readonly day: number;
}

/** What the row of a project says now. */
export interface ProjectCounts {
  readonly revision: number;
  readonly perDay: number | null;
  readonly perMonth: number | null;
  readonly usedDay: number;
  readonly usedMonth: number;
  /** The day that the next request counts to. */
  readonly day: number;
}

/** Counts of a past window are worth nothing. A clock that steps back opens no new window: the counts of a later day stay. */
const usedOf = (day: string, month: string) => ({
  usedDay: `(CASE WHEN count_day < ${day} THEN 0 ELSE day_count END)`,
  usedMonth: `(CASE WHEN count_day < ${month} THEN 0 ELSE month_count END)`,
});

/** The parts of a take, in terms of the old row: the smaller of what is wanted and what both caps leave. */
function partsOf(dialect: Dialect, wanted: string) {
  const { usedDay, usedMonth } = usedOf(UTC_DAY[dialect], UTC_MONTH_START[dialect]);
  const [least, greatest] = dialect === 'sqlite' ? ['min', 'max'] : ['least', 'greatest'];
  const left = (cap: string, used: string) => `coalesce(${cap} - ${used}, ${wanted})`;
  return {
    usedDay,
    usedMonth,
    grant: `${least}(${wanted}, ${left('max_requests_per_day', usedDay)}, ${left('max_requests_per_month', usedMonth)})`,
    day: `${greatest}(count_day, ${UTC_DAY[dialect]})`,
    hasRoom: `(max_requests_per_day IS NULL OR ${usedDay} < max_requests_per_day)
      AND (max_requests_per_month IS NULL OR ${usedMonth} < max_requests_per_month)`,
  };
}

/** Above every day number: MySQL returns grant and day as one number. */
const DAYS = 1_000_000;

/**
 * Takes up to `wanted` requests if the project may be used now. Cap, count, revision and state stand in one row and are
 * judged by one statement, so that a statement that waited for the row judges all of them anew. PostgreSQL and SQLite
 * compute all columns from the old row. MySQL and MariaDB assign from left to right in an update of a single table, which
 * this is: the grant comes first, the columns that it is computed from after it.
 */
const STATEMENT: Record<Dialect, string> = {
  sqlite: returning('sqlite', '?1', '?4', '?5', '1'),
  postgres: returning('postgres', '$1::bigint', '$2', '$3', 'true'),
  mysql: mysql(),
};

function returning(dialect: Dialect, wanted: string, id: string, revision: string, yes: string): string {
  const { usedDay, usedMonth, grant, day, hasRoom } = partsOf(dialect, wanted);
  return `
    UPDATE projects SET last_grant = ${grant}, month_count = ${usedMonth} + ${grant}, day_count = ${usedDay} + ${grant},
      count_day = ${day}
    WHERE id = ${id} AND revision = ${revision} AND is_active = ${yes} AND deleted_at IS NULL AND ${hasRoom}
    RETURNING last_grant, count_day`;
}

function mysql(): string {
  const { usedDay, usedMonth, grant, day, hasRoom } = partsOf('mysql', '?');
  return `
    UPDATE projects SET last_grant = last_insert_id(${grant} * ${DAYS} + ${day}),
      month_count = ${usedMonth} + last_grant DIV ${DAYS}, day_count = ${usedDay} + last_grant DIV ${DAYS},
      count_day = last_grant MOD ${DAYS}
    WHERE id = ? AND revision = ? AND is_active = 1 AND deleted_at IS NULL AND ${hasRoom}`;
}

/** Only from the day and the month that the requests were counted to, and never below zero. */
const GIVE_BACK = (greatest: string) => `
  UPDATE projects SET
    day_count = CASE WHEN count_day = ? THEN ${greatest}(day_count - ?, 0) ELSE day_count END,
    month_count = CASE WHEN count_day >= ? AND count_day < ? THEN ${greatest}(month_count - ?, 0) ELSE month_count END
  WHERE id = ?`;

/** The statements of project caps on every database, as explicit SQL: their exactness rests on them. */
@Injectable()
export class ProjectLedgerSql {
  private readonly dialect: Dialect;

  constructor(private readonly dataSource: DataSource) {
    this.dialect = dialectOf(dataSource);
  }

  /**
   * How many of `wanted` requests were granted and durably counted; 0 when the project may not be used. `nowMs` is the clock
   * on SQLite; database servers use their own. Throws when the outcome is unknown.
   */
  async take({ projectId, projectRevision }: JudgedProject, wanted: number, nowMs: number): Promise<ProjectGrant> {
    return retryConflicts(async () => {
      if (this.dialect === 'mysql') return this.takeMysql(projectId, projectRevision, wanted);
      const values = this.dialect === 'postgres' ? [wanted] : [wanted, ...daysOf(nowMs)];
      const answer: unknown = await this.dataSource.query(STATEMENT[this.dialect], [
        ...values,
        projectId,
        projectRevision,
      ]);
      const [row] = (this.dialect === 'postgres' ? (answer as [unknown])[0] : answer) as {
        last_grant: number | string;
        count_day: number;
      }[];
      return { granted: Number(row?.last_grant ?? 0), day: row?.count_day ?? 0 };
    });
  }

  /** Gives requests back that count to `day`. */
  async giveBack(projectId: string, day: number, requests: number): Promise<void> {
    const values = [day, requests, monthStart(day), monthStart(day, 1), requests, projectId];
    const sql = GIVE_BACK(this.dialect === 'sqlite' ? 'max' : 'greatest');
    await retryConflicts(async () => this.dataSource.query(withPlaceholders(sql, this.dialect), values));
  }

  /** By the clock that `take` uses. Undefined for a project that may not be used. */
  async read(projectId: string, nowMs: number): Promise<ProjectCounts | undefined> {
    const [day, month] =
      this.dialect === 'sqlite' ? ['?', '?'] : [UTC_DAY[this.dialect], UTC_MONTH_START[this.dialect]];
    const { usedDay, usedMonth } = usedOf(day, month);
    const rows: Record<string, number | string | null>[] = await this.dataSource.query(
      withPlaceholders(
        `SELECT revision, max_requests_per_day AS per_day, max_requests_per_month AS per_month, count_day,
           ${usedDay} AS used_day, ${usedMonth} AS used_month, ${day} AS today
         FROM projects WHERE id = ? AND is_active AND deleted_at IS NULL`,
        this.dialect,
      ),
      this.dialect === 'sqlite' ? [...daysOf(nowMs), utcDay(nowMs), projectId] : [projectId],
    );
    const row = rows[0];
    return (
      row && {
        revision: Number(row['revision']),
        perDay: row['per_day'] === null ? null : Number(row['per_day']),
        perMonth: row['per_month'] === null ? null : Number(row['per_month']),
        usedDay: Number(row['used_day']),
        usedMonth: Number(row['used_month']),
        day: Math.max(Number(row['count_day']), Number(row['today'])),
      }
    );
  }

  private async takeMysql(projectId: string, revision: number, wanted: number): Promise<ProjectGrant> {
    const values = [wanted, wanted, wanted, projectId, revision];
    const done: { affectedRows: number; insertId: number | string } = await this.dataSource.query(
      STATEMENT.mysql,
      values,
    );
    const packed = done.affectedRows === 1 ? Number(done.insertId) : 0;
    return { granted: Math.floor(packed / DAYS), day: packed % DAYS };
  }
}

const daysOf = (nowMs: number): [day: number, month: number] => {
  const day = utcDay(nowMs);
  return [day, monthStart(day)];
};
