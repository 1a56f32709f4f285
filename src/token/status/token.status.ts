import type { TokenEntity } from '../token.entity.js';
import type { Dialect } from '../../database/dialect/dialect.js';

/** In the order of the refusals of requests: the first that applies counts. */
export const TOKEN_STATUSES = ['active', 'withering', 'expired', 'exhausted', 'revoked', 'project_inactive'] as const;
export type TokenStatus = (typeof TOKEN_STATUSES)[number];

export type StatusFields = Pick<
  TokenEntity,
  'isActive' | 'expiresAt' | 'createdAt' | 'maxRequests' | 'requestCount' | 'accountId'
>;

/** Of a lifetime or cap. Whole numbers, as in SQL: a fifth of the largest instant times five is no safe integer. */
const fifth = (whole: number): number => Math.trunc(whole / 5);

/** The status of a token by its row. A replaced token is withering until it ends; its cap is that of its account. */
export function tokenStatus(token: StatusFields, isProjectOpen: boolean, nowMs: number): TokenStatus {
  const { expiresAt, createdAt, maxRequests, requestCount, accountId } = token;
  if (!token.isActive) return 'revoked';
  if (expiresAt <= nowMs) return 'expired';
  if (!isProjectOpen) return 'project_inactive';
  if (accountId !== null) return 'withering';
  if (maxRequests !== null && requestCount >= maxRequests) return 'exhausted';
  const isEnding = expiresAt - nowMs <= fifth(expiresAt - createdAt);
  const isNearlyUsedUp = maxRequests !== null && maxRequests - requestCount <= fifth(maxRequests);
  return isEnding || isNearlyUsedUp ? 'withering' : 'active';
}

/**
 * The same in SQL, over the alias `token`. Parameters: `:now`, and `:...closed` with the ids of projects that are not open,
 * which must not be empty ('' names none).
 */
export function statusSql(dialect: Dialect): string {
  const fifthOf = (whole: string): string => (dialect === 'mysql' ? `(${whole}) DIV 5` : `(${whole}) / 5`);
  return `CASE
    WHEN NOT token.is_active THEN 'revoked'
    WHEN token.expires_at <= :now THEN 'expired'
    WHEN token.project_id IN (:...closed) THEN 'project_inactive'
    WHEN token.account_id IS NOT NULL THEN 'withering'
    WHEN token.max_requests IS NOT NULL AND token.request_count >= token.max_requests THEN 'exhausted'
    WHEN token.expires_at - :now <= ${fifthOf('token.expires_at - token.created_at')} THEN 'withering'
    WHEN token.max_requests IS NOT NULL AND token.max_requests - token.request_count <= ${fifthOf('token.max_requests')}
      THEN 'withering'
    ELSE 'active' END`;
}
