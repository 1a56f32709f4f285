import type { Dialect } from '../../database/dialect/dialect.js';
import type { TokenStatus } from './token.status.js';

/** The ids of the projects that requests cannot use. */
const CLOSED_PROJECTS = 'SELECT id FROM projects WHERE is_active = FALSE OR deleted_at IS NOT NULL';

const HAS_ROOM = '(token.max_requests IS NULL OR token.request_count < token.max_requests)';

/**
 * The statuses as conditions over the alias `token`: of every row exactly one is true, that of the status which `tokenStatus`
 * computes. Parameter: `:now`, in milliseconds.
 */
export function statusSql(dialect: Dialect): Record<TokenStatus, string> {
  // With `+` SQLite, which has no statistics, prefers the index of a project to that of all active tokens.
  const live = `${dialect === 'sqlite' ? '+' : ''}token.is_active = TRUE AND token.expires_at`;
  const open = `${live} > :now AND token.project_id NOT IN (${CLOSED_PROJECTS})`;
  const fifth = (whole: string): string => (dialect === 'mysql' ? `(${whole}) DIV 5` : `(${whole}) / 5`);
  const lifetime = fifth('token.expires_at - token.created_at');
  const cap = fifth('token.max_requests');
  return {
    revoked: 'token.is_active = FALSE',
    expired: `${live} <= :now`,
    project_inactive: `${live} > :now AND token.project_id IN (${CLOSED_PROJECTS})`,
    exhausted: `${open} AND token.account_id IS NULL AND token.request_count >= token.max_requests`,
    withering: `${open} AND (token.account_id IS NOT NULL OR (${HAS_ROOM} AND
      (token.expires_at - :now <= ${lifetime} OR token.max_requests - token.request_count <= ${cap})))`,
    active: `${open} AND token.account_id IS NULL AND token.expires_at - :now > ${lifetime} AND
      (token.max_requests IS NULL OR token.max_requests - token.request_count > ${cap})`,
  };
}
