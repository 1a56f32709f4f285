import { DATABASE_CLOCK, type Dialect } from '../../database/dialect/dialect.js';

const PROJECT_IS_OPEN = (revision: string, yes: string) =>
  `EXISTS (SELECT 1 FROM projects WHERE projects.id = tokens.project_id AND projects.is_active = ${yes}
     AND projects.deleted_at IS NULL AND projects.revision = ${revision})`;

/** What a take of `wanted` gets, in terms of the old row. */
const GRANT = (wanted: string, least: string) =>
  `CASE WHEN max_requests IS NULL THEN ${wanted} ELSE ${least}(${wanted}, max_requests - request_count) END`;

/**
 * Takes up to `wanted` requests if the token may be used now. It is one statement, so that nothing happens between check
 * and count. PostgreSQL and SQLite compute all columns from the old row and return the grant in `last_grant`. MySQL and
 * MariaDB have no RETURNING here and return the grant as the insert id, set within the one assignment that counts it: newer
 * versions run an UPDATE with EXISTS as a multi-table update, which does not define the order of assignments.
 */
export const TAKE: Record<Dialect, string> = {
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

/** What is left of the cap after a take, behind a statement that returns something: null without a cap. */
export const LEFT = ', max_requests - request_count AS left_over';

const ACCOUNT_HAS_ROOM = 'account_id IS NULL AND (max_requests IS NULL OR request_count < max_requests)';

/**
 * The take of a token whose requests another row counts, its account. It changes that one row, judged as it is once it is
 * locked: a row whose requests another counts meanwhile gives nothing. The token itself is judged by its revision; its
 * last use is written elsewhere. MySQL allows the changed table in a subquery only inside a table that it has to build,
 * hence DISTINCT; under READ COMMITTED it locks no row of that.
 */
export const TAKE_OF_REPLACED: Record<Dialect, string> = {
  sqlite: `
    UPDATE tokens SET last_grant = ${GRANT('?1', 'min')}, request_count = request_count + ${GRANT('?1', 'min')}
    WHERE id = ?3 AND ${ACCOUNT_HAS_ROOM} AND ${PROJECT_IS_OPEN('?4', '1')}
      AND EXISTS (SELECT 1 FROM tokens AS replaced
        WHERE replaced.id = ?5 AND replaced.revision = ?6 AND replaced.is_active = 1 AND replaced.expires_at > ?2)
    RETURNING last_grant`,
  postgres: `
    UPDATE tokens SET last_grant = ${GRANT('$1::bigint', 'least')}, request_count = request_count + ${GRANT('$1::bigint', 'least')}
    WHERE id = $2 AND ${ACCOUNT_HAS_ROOM} AND ${PROJECT_IS_OPEN('$3', 'true')}
      AND EXISTS (SELECT 1 FROM tokens AS replaced
        WHERE replaced.id = $4 AND replaced.revision = $5 AND replaced.is_active AND replaced.expires_at > ${DATABASE_CLOCK.postgres})
    RETURNING last_grant`,
  mysql: `
    UPDATE tokens SET request_count = request_count + last_insert_id(${GRANT('?', 'least')})
    WHERE id = ? AND ${ACCOUNT_HAS_ROOM} AND ${PROJECT_IS_OPEN('?', '1')}
      AND EXISTS (SELECT 1 FROM (SELECT DISTINCT id FROM tokens
        WHERE id = ? AND revision = ? AND is_active = 1 AND expires_at > ${DATABASE_CLOCK.mysql}) AS replaced)`,
};

/** Nothing for a token whose requests its account counts. */
export const GIVE_BACK =
  'UPDATE tokens SET request_count = request_count - ? WHERE id = ? AND request_count >= ? AND account_id IS NULL';

/** What a batch adds to one row. */
export interface RowCount {
  readonly id: string;
  requests: number;
  /** 0 = the row was not used itself: it counts for another. */
  lastUsedAt: number;
}

/** Nothing for a token whose requests its account counts: `ADD_OF_REPLACED_SQLITE` and `USE_SQLITE` then. */
export const ADD_SQLITE = `
  UPDATE tokens SET request_count = request_count + ?1, last_used_at = max(coalesce(last_used_at, 0), ?2)
  WHERE id = ?3 AND account_id IS NULL RETURNING id`;
export const ADD_OF_REPLACED_SQLITE =
  'UPDATE tokens SET request_count = request_count + ?1 WHERE id = (SELECT account_id FROM tokens WHERE id = ?2)';
export const USE_SQLITE = 'UPDATE tokens SET last_used_at = max(coalesce(last_used_at, 0), ?1) WHERE id = ?2';

export const ADD_POSTGRES = `
  UPDATE tokens SET request_count = request_count + added.requests,
    last_used_at = nullif(greatest(coalesce(last_used_at, 0), added.at), 0)
  FROM unnest($1::varchar[], $2::bigint[], $3::bigint[]) AS added (id, requests, at) WHERE tokens.id = added.id`;

/** One statement for the whole batch: a round trip for each token would keep the locks longer. */
export function addMysql(counts: readonly RowCount[]): [string, unknown[]] {
  const cases = counts.map(() => 'WHEN ? THEN ?').join(' ');
  const ids = counts.map(({ id }) => id);
  return [
    `UPDATE tokens SET request_count = request_count + CASE id ${cases} END,
       last_used_at = nullif(greatest(coalesce(last_used_at, 0), CASE id ${cases} END), 0)
     WHERE id IN (${ids.map(() => '?').join(', ')})`,
    [
      ...counts.flatMap(({ id, requests }) => [id, requests]),
      ...counts.flatMap(({ id, lastUsedAt }) => [id, lastUsedAt]),
      ...ids,
    ],
  ];
}
