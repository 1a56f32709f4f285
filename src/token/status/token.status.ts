import type { TokenEntity } from '../token.entity.js';

/**
 * In the order of the refusals of requests: the first that applies counts. The status `withering` means that a fifth or less
 * is left, or that another token replaces it; every token of the proxy is a withering token, whatever its status.
 */
export const TOKEN_STATUSES = ['revoked', 'expired', 'project_inactive', 'exhausted', 'withering', 'active'] as const;
export type TokenStatus = (typeof TOKEN_STATUSES)[number];

export type StatusFields = Pick<TokenEntity, 'isActive' | 'expiresAt' | 'createdAt' | 'accountId'>;
export type CapFields = Pick<TokenEntity, 'maxRequests' | 'requestCount'>;

/** Of a lifetime or cap. Whole numbers, as in SQL: a fifth of the largest instant times five is no safe integer. */
const fifth = (whole: number): number => Math.trunc(whole / 5);

/**
 * The status of a token; `statusSql` says the same in SQL. `account` is the row that counts its requests: its own, or that of
 * another token; undefined when that is gone, which grants nothing. A replaced token is withering until it ends.
 */
export function tokenStatus(
  token: StatusFields,
  account: CapFields | undefined,
  isProjectOpen: boolean,
  nowMs: number,
): TokenStatus {
  const { expiresAt, createdAt, accountId } = token;
  if (!token.isActive) return 'revoked';
  if (expiresAt <= nowMs) return 'expired';
  if (!isProjectOpen) return 'project_inactive';
  const left = leftOf(account);
  if (left <= 0) return 'exhausted';
  const isEnding = expiresAt - nowMs <= fifth(expiresAt - createdAt);
  const isNearlyUsedUp = left <= fifth(account?.maxRequests ?? 0);
  return accountId !== null || isEnding || isNearlyUsedUp ? 'withering' : 'active';
}

function leftOf(account: CapFields | undefined): number {
  if (!account) return 0;
  return account.maxRequests === null ? Infinity : account.maxRequests - account.requestCount;
}
