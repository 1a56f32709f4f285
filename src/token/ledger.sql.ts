import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { retryConflicts } from '../database/retry.js';
import { DATABASE_CLOCK, type Dialect, dialectOf } from '../database/dialect/dialect.js';
import { lockTokens } from './token.locks.js';

/** What a request was judged by; a take against anything newer is not granted. */
export interface AdmittedToken {
  readonly id: string;
  readonly revision: number;
  readonly projectRevision: number;
}

export interface RequestCount {
  tokenId: string;
  requests: number;
  lastUsedAt: number;
}

/** Usages that are written together, and once: the number goes up with every batch of a replica. */
export interface CountBatch {
  readonly number: number;
  readonly usages: readonly RequestCount[];
}

const PROJECT_IS_OPEN = (revision: string, yes: string) =>
  `EXISTS (SELECT 1 FROM projects WHERE projects.id = tokens.project_id AND projects.is_active = ${yes}
     AND projects.deleted_at IS NULL AND projects.revision = ${revision})`;

/**
 * Takes up to `wanted` requests if the token may be used now. One statement: nothing can come between the check and the
 * count. PostgreSQL and SQLite compute all columns from the old row and return the grant in `last_grant`. MySQL and MariaDB
 * (which have no RETURNING here) hand it over as the insert id, from within the one assignment that counts it: newer ones
 * carry out an UPDATE with EXISTS as one of several tables, for which no order of assignments is promised.
 */
const GRANT = (wanted: string, least: string) =>
  `CASE WHEN max_requests IS NULL THEN ${wanted} ELSE ${least}(${wanted}, max_requests - request_count) END`;

const TAKE: Record<Dialect, string> = {
  sqlite: `
    UPDATE tokens SET last_grant = ${GRANT('?1', 'min')}, request_count = request_count + ${GRANT('?1', 'min')}, last_used_at = ?2
    WHERE id = ?3 AND revision = ?4 AND is_active = 1 AND expires_at > ?2
      AND (max_requests IS NULL OR request_count < max_requests) AND ${PROJECT_IS_OPEN('?5', '1')}
    RETURNING last_grant`,
  postgres: `
    UPDATE tokens SET last_grant = ${GRANT('$1::bigint', 'least')}, request_count = request_count + ${GRANT('$1::bigint', 'least')},
      last_used_at = ${DATABASE_CLOCK.postgres}
    WHERE id = $2 AND revision = $3 AND is_active AND expires_at > ${DATABASE_CLOCK.postgres}
      AND (max_requests IS NULL OR request_count < max_requests) AND ${PROJECT_IS_OPEN('$4', 'true')}
    RETURNING last_grant`,
  mysql: `
    UPDATE tokens SET request_count = request_count + last_insert_id(${GRANT('?', 'least')}),
      last_used_at = ${DATABASE_CLOCK.mysql}
    WHERE id = ? AND revision = ? AND is_active = 1 AND expires_at > ${DATABASE_CLOCK.mysql}
      AND (max_requests IS NULL OR request_count < max_requests) AND ${PROJECT_IS_OPEN('?', '1')}`,
};

const GIVE_BACK = 'UPDATE tokens SET request_count = request_count - ? WHERE id = ? AND request_count >= ?';

const ADD = {
  sqlite: `UPDATE tokens SET request_count = request_count + ?1, last_used_at = max(coalesce(last_used_at, 0), ?2) WHERE id = ?3`,
  postgres: `
    UPDATE tokens SET request_count = request_count + used.requests, last_used_at = greatest(coalesce(last_used_at, 0), used.at)
    FROM unnest($1::varchar[], $2::bigint[], $3::bigint[]) AS used (id, requests, at) WHERE tokens.id = used.id`,
};

/** The ledger's statements on every database. Explicit SQL: they are the product's promise and are read as such. */
@Injectable()
export class LedgerSql {
  private readonly dialect: Dialect;

  constructor(private readonly dataSource: DataSource) {
    this.dialect = dialectOf(dataSource);
  }

  /**
   * How many of `wanted` requests were granted and are now counted, durably; 0 when the token may not be used. `nowMs` is
   * the clock of SQLite, which has one process; servers have their own. Throws when the outcome is not known.
   */
  async take({ id, revision, projectRevision }: AdmittedToken, wanted: number, nowMs: number): Promise<number> {
    const { dialect, dataSource } = this;
    return retryConflicts(async () => {
      if (dialect === 'mysql') {
        const values = [wanted, wanted, id, revision, projectRevision];
        const done: { affectedRows: number; insertId: number | string } = await dataSource.query(TAKE.mysql, values);
        return done.affectedRows === 1 ? Number(done.insertId) : 0;
      }
      if (dialect === 'postgres') {
        const values = [wanted, id, revision, projectRevision];
        const [rows]: [{ last_grant: string }[]] = await dataSource.query(TAKE.postgres, values);
        return Number(rows[0]?.last_grant ?? 0);
      }
      const values = [wanted, nowMs, id, revision, projectRevision];
      const rows: { last_grant: number }[] = await dataSource.query(TAKE.sqlite, values);
      return rows[0]?.last_grant ?? 0;
    });
  }

  /** What the clock of `take` says, in milliseconds since the epoch. */
  async now(nowMs: number): Promise<number> {
    if (this.dialect === 'sqlite') return nowMs;
    const rows: [{ now: number | string }] = await this.dataSource.query(
      `SELECT ${DATABASE_CLOCK[this.dialect]} AS now`,
    );
    return Number(rows[0].now);
  }

  /** Gives requests back; it never counts below zero. */
  async giveBack(tokenId: string, requests = 1): Promise<void> {
    const values = [requests, tokenId, requests];
    await retryConflicts(async () => this.dataSource.query(placed(GIVE_BACK, this.dialect), values));
  }

  /** Adds what uncapped tokens used; all of a batch or nothing, and not twice when a lost answer makes its writer try again. */
  async add(replicaId: string, { number, usages }: CountBatch): Promise<void> {
    await retryConflicts(async () =>
      this.dataSource.transaction(async (manager) => {
        if (await this.isNew(manager, replicaId, number)) await this.write(manager, usages);
      }),
    );
  }

  /** Marks the batch as written, in the replica's own row. */
  private async isNew(manager: EntityManager, replicaId: string, number: number): Promise<boolean> {
    const rows: { usage_batch: number | string }[] = await manager.query(
      placed(
        `SELECT usage_batch FROM replicas WHERE id = ?${this.dialect === 'sqlite' ? '' : ' FOR UPDATE'}`,
        this.dialect,
      ),
      [replicaId],
    );
    if (!rows[0]) throw new Error('this replica is not on the roll');
    if (Number(rows[0].usage_batch) >= number) return false;
    await manager.query(placed('UPDATE replicas SET usage_batch = ? WHERE id = ?', this.dialect), [number, replicaId]);
    return true;
  }

  private async write(manager: EntityManager, usages: readonly RequestCount[]): Promise<void> {
    await lockTokens(manager, { id: In(usages.map(({ tokenId }) => tokenId)) });
    if (this.dialect === 'postgres') {
      const columns = [usages.map((u) => u.tokenId), usages.map((u) => u.requests), usages.map((u) => u.lastUsedAt)];
      await manager.query(ADD.postgres, columns);
    } else if (this.dialect === 'mysql') await manager.query(...addMysql(usages));
    else
      for (const { requests, lastUsedAt, tokenId } of usages)
        await manager.query(ADD.sqlite, [requests, lastUsedAt, tokenId]);
  }
}

/** One statement for the whole batch: a round trip a token would hold its locks as long. */
function addMysql(usages: readonly RequestCount[]): [string, unknown[]] {
  const cases = usages.map(() => 'WHEN ? THEN ?').join(' ');
  const ids = usages.map(({ tokenId }) => tokenId);
  return [
    `UPDATE tokens SET request_count = request_count + CASE id ${cases} END,
       last_used_at = greatest(coalesce(last_used_at, 0), CASE id ${cases} END)
     WHERE id IN (${ids.map(() => '?').join(', ')})`,
    [
      ...usages.flatMap(({ tokenId, requests }) => [tokenId, requests]),
      ...usages.flatMap(({ tokenId, lastUsedAt }) => [tokenId, lastUsedAt]),
      ...ids,
    ],
  ];
}

/** `?` becomes `$1`, `$2` … for PostgreSQL. */
function placed(sql: string, dialect: Dialect): string {
  let n = 0;
  return dialect === 'postgres' ? sql.replaceAll('?', () => `$${(n += 1)}`) : sql;
}
