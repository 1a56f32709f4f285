import type { TokenEntity } from '../token.entity.js';

/** In the order of the refusals of requests: the first that applies counts. */
export const TOKEN_STATUSES = ['active', 'withering', 'expired', 'exhausted', 'revoked', 'project_inactive'] as const;
export type TokenStatus = (typeof TOKEN_STATUSES)[number];

export type StatusFields = Pick<
  TokenEntity,
  'isActive' | 'expiresAt' | 'createdAt' | 'maxRequests' | 'requestCount' | 'accountId'
>;

/** Of a lifetime or cap. Whole numbers, as in SQL: a fifth of the largest instant times five is no safe integer. */
const fifth = (whole: number): number => Math.trunc(whole / 5);

/**
 * The status of a token by its row; `statusSql` says the same in SQL. A replaced token is withering until it ends; its cap is
 * that of its account.
 */
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
