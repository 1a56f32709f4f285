import type { Token } from '../../api/types';

/** The part of its lifetime that is left, 0 to 1. `now` in milliseconds since the epoch. */
export function timeLeft({ expires_at, created_at }: Pick<Token, 'expires_at' | 'created_at'>, now: number): number {
  const end = Date.parse(expires_at);
  return Math.max(0, (end - now) / Math.max(1, end - Date.parse(created_at)));
}

/** The part of its requests that is left, 0 to 1; null without a cap. */
export const requestsLeft = ({ max_requests, request_count }: Pick<Token, 'max_requests' | 'request_count'>) =>
  max_requests === null ? null : Math.max(0, 1 - request_count / Math.max(1, max_requests));
