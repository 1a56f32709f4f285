import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { retryConflicts } from '../database/retry.js';
import { DATABASE_CLOCK, type Dialect, dialectOf } from '../database/dialect/dialect.js';
import { lockTokens } from './token.locks.js';

/** The token and revisions that a request was judged by. A take against newer revisions is not granted. */
export interface AdmittedToken {
  readonly id: string;
  readonly revision: number;
  readonly projectRevision: number;
  /** The token whose row counts the requests of this one, when that is another. */
  readonly accountId: string | undefined;
}

export interface RequestCount {
  tokenId: string;
  requests: number;
  lastUsedAt: number;
}

/** Counts that are written together and once. Every batch of a replica has a higher number than the one before. */
export interface CountBatch {
  readonly number: number;
  readonly counts: readonly RequestCount[];
}

const PROJECT_IS_OPEN = (revision: string, yes: string) =>
  `EXISTS (SELECT 1 FROM projects WHERE projects.id = tokens.project_id AND projects.is_active = ${yes}
     AND projects.deleted_at IS NULL AND projects.revision = ${revision})`;

/**
 * Takes up to `wanted` requests if the token may be used now. It is one statement, so that nothing happens between check
 * and count. PostgreSQL and SQLite compute all columns from the old row and return the grant in `last_grant`. MySQL and
 * MariaDB have no RETURNING here and return the grant as the insert id, set within the one assignment that counts it: newer
 * versions run an UPDATE with EXISTS as a multi-table update, which does not define the order of assignments.
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
    UPDATE tokens SET request_count = request_count + added.requests, last_used_at = greatest(coalesce(last_used_at, 0), added.at)
    FROM unnest($1::varchar[], $2::bigint[], $3::bigint[]) AS added (id, requests, at) WHERE tokens.id = added.id`,
};

/** The statements of the ledger on every database, as explicit SQL: the exactness of caps rests on them. */
@Injectable()
export class LedgerSql {
  private readonly dialect: Dialect;

  constructor(private readonly dataSource: DataSource) {
    this.dialect = dialectOf(dataSource);
  }

  /**
   * Returns how many of `wanted` requests were granted and durably counted; 0 when the token may not be used. `nowMs` is the
   * clock on SQLite; database servers use their own. Throws when the outcome is unknown.
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

  /** The clock that `take` uses, in milliseconds since the epoch. */
  async now(nowMs: number): Promise<number> {
    if (this.dialect === 'sqlite') return nowMs;
    const rows: [{ now: number | string }] = await this.dataSource.query(
      `SELECT ${DATABASE_CLOCK[this.dialect]} AS now`,
    );
    return Number(rows[0].now);
  }

  /** Gives requests back. The count never falls below zero. */
  async giveBack(tokenId: string, requests = 1): Promise<void> {
    const values = [requests, tokenId, requests];
    await retryConflicts(async () => this.dataSource.query(withPlaceholders(GIVE_BACK, this.dialect), values));
  }

  /** Adds the requests of uncapped tokens: a batch as a whole, and once, even if a lost response makes its writer try again. */
  async add(replicaId: string, { number, counts }: CountBatch): Promise<void> {
    await retryConflicts(async () =>
      this.dataSource.transaction(async (manager) => {
        if (await this.isNew(manager, replicaId, number)) await this.write(manager, counts);
      }),
    );
  }

  /** Marks the batch as written in the row of the replica. */
  private async isNew(manager: EntityManager, replicaId: string, number: number): Promise<boolean> {
    const rows: { count_batch: number | string }[] = await manager.query(
      withPlaceholders(
        `SELECT count_batch FROM replicas WHERE id = ?${this.dialect === 'sqlite' ? '' : ' FOR UPDATE'}`,
        this.dialect,
      ),
      [replicaId],
    );
    if (!rows[0]) throw new Error('this replica is not in the registry of replicas');
    if (Number(rows[0].count_batch) >= number) return false;
    await manager.query(withPlaceholders('UPDATE replicas SET count_batch = ? WHERE id = ?', this.dialect), [
      number,
      replicaId,
    ]);
    return true;
  }

  private async write(manager: EntityManager, counts: readonly RequestCount[]): Promise<void> {
    await lockTokens(manager, { id: In(counts.map(({ tokenId }) => tokenId)) });
    if (this.dialect === 'postgres') {
      const columns = [counts.map((c) => c.tokenId), counts.map((c) => c.requests), counts.map((c) => c.lastUsedAt)];
      await manager.query(ADD.postgres, columns);
    } else if (this.dialect === 'mysql') await manager.query(...addMysql(counts));
    else
      for (const { requests, lastUsedAt, tokenId } of counts)
        await manager.query(ADD.sqlite, [requests, lastUsedAt, tokenId]);
  }
}

/** One statement for the whole batch: a round trip for each token would keep the locks longer. */
function addMysql(counts: readonly RequestCount[]): [string, unknown[]] {
  const cases = counts.map(() => 'WHEN ? THEN ?').join(' ');
  const ids = counts.map(({ tokenId }) => tokenId);
  return [
    `UPDATE tokens SET request_count = request_count + CASE id ${cases} END,
       last_used_at = greatest(coalesce(last_used_at, 0), CASE id ${cases} END)
     WHERE id IN (${ids.map(() => '?').join(', ')})`,
    [
      ...counts.flatMap(({ tokenId, requests }) => [tokenId, requests]),
      ...counts.flatMap(({ tokenId, lastUsedAt }) => [tokenId, lastUsedAt]),
      ...ids,
    ],
  ];
}

/** `?` becomes `$1`, `$2` … for PostgreSQL. */
function withPlaceholders(sql: string, dialect: Dialect): string {
  let n = 0;
  return dialect === 'postgres' ? sql.replaceAll('?', () => `$${(n += 1)}`) : sql;
}
