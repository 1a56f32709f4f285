import type { Dialect } from '../../database/dialect/dialect.js';
import type { TokenStatus } from './token.status.js';

/** The ids of the projects that requests cannot use. */
const CLOSED_PROJECTS = 'SELECT id FROM projects WHERE is_active = FALSE OR deleted_at IS NOT NULL';

const IN_OPEN = `token.project_id NOT IN (${CLOSED_PROJECTS})`;
const HAS_ROOM = '(token.max_requests IS NULL OR token.request_count < token.max_requests)';
/** Not as a column alone: MySQL would read most of the table through its index, which costs five times a plain scan. */
const OWN_ACCOUNT = `coalesce(token.account_id, '') = ''`;
const HAS_ACCOUNT = `coalesce(token.account_id, '') <> ''`;
/**
 * Not by a look-up for each token: PostgreSQL would count its cost for every row, and read the table through an index. The
 * replaced tokens are few, and an index has them. Nothing for an account that is gone.
 */
const ACCOUNT_HAS_ROOM = `token.account_id IN (SELECT account.id FROM tokens replaced
  JOIN tokens account ON account.id = replaced.account_id
  WHERE replaced.account_id > '' AND (account.max_requests IS NULL OR account.request_count < account.max_requests))`;
/** For the same reason as OWN_ACCOUNT. SQLite, which has no statistics, then prefers the index of a project to that of all active tokens. */
const IS_ACTIVE: Record<Dialect, string> = {
  sqlite: '+token.is_active = TRUE',
  mysql: 'token.is_active + 0 = 1',
  postgres: 'token.is_active = TRUE',
};

/** Neither revoked nor expired. */
export const liveSql = (dialect: Dialect): string => `${IS_ACTIVE[dialect]} AND token.expires_at > :now`;

/**
 * The statuses as conditions over the alias `token`: of every row exactly one is true, that of the status which `tokenStatus`
 * computes. Parameter: `:now`, in milliseconds.
 */
export function statusSql(dialect: Dialect): Record<TokenStatus, string> {
  const { lifetime, cap } = fifthsOf(dialect);
  const live = liveSql(dialect);
  return {
    revoked: 'token.is_active = FALSE',
    expired: `${IS_ACTIVE[dialect]} AND token.expires_at <= :now`,
    project_inactive: `${live} AND token.project_id IN (${CLOSED_PROJECTS})`,
    exhausted: `${live} AND ((${OWN_ACCOUNT} AND token.request_count >= token.max_requests) OR
      (${HAS_ACCOUNT} AND NOT ${ACCOUNT_HAS_ROOM})) AND ${IN_OPEN}`,
    withering: `${live} AND ((${OWN_ACCOUNT} AND ${HAS_ROOM} AND
      (token.expires_at - :now <= ${lifetime} OR token.max_requests - token.request_count <= ${cap})) OR
      (${HAS_ACCOUNT} AND ${ACCOUNT_HAS_ROOM})) AND ${IN_OPEN}`,
    active: `${live} AND ${OWN_ACCOUNT} AND token.expires_at - :now > ${lifetime} AND
      (token.max_requests IS NULL OR token.max_requests - token.request_count > ${cap}) AND ${IN_OPEN}`,
  };
}

/**
 * The name of the status as one expression over the alias `token`, for counts: each row is judged once. No index is of use for
 * it, and none leads through the table row by row, which costs six times as much. Parameter: `:now`, in milliseconds.
 */
export function statusNameSql(dialect: Dialect): string {
  const { lifetime, cap } = fifthsOf(dialect);
  return `CASE WHEN token.is_active = FALSE THEN 'revoked' WHEN token.expires_at <= :now THEN 'expired'
    WHEN token.project_id IN (${CLOSED_PROJECTS}) THEN 'project_inactive'
    WHEN ${HAS_ACCOUNT} THEN CASE WHEN ${ACCOUNT_HAS_ROOM} THEN 'withering' ELSE 'exhausted' END
    WHEN token.request_count >= token.max_requests THEN 'exhausted'
    WHEN token.expires_at - :now <= ${lifetime} OR token.max_requests - token.request_count <= ${cap} THEN 'withering'
    ELSE 'active' END`;
}

/** Whole numbers, as `tokenStatus` has them. */
function fifthsOf(dialect: Dialect): { readonly lifetime: string; readonly cap: string } {
  const fifth = (whole: string): string => (dialect === 'mysql' ? `(${whole}) DIV 5` : `(${whole}) / 5`);
  return { lifetime: fifth('token.expires_at - token.created_at'), cap: fifth('token.max_requests') };
}
