import { span } from '../format/span';
import type { Token } from '../api/types';

const DAY_MS = 86_400_000;

export type OutlookToken = Pick<Token, 'status' | 'expires_at' | 'max_requests' | 'remaining_requests'>;

/** Which runs out first, and when, at the pace of the last 24 hours. `now` in milliseconds since the epoch. */
export function outlook(token: OutlookToken, lastDay: number | undefined, now: number): string | undefined {
  const { status, remaining_requests: left } = token;
  if (status === 'revoked') return 'It is revoked: every request is refused.';
  if (status === 'project_inactive') return 'Its project is inactive: every request is refused.';
  const time = Date.parse(token.expires_at) - now;
  if (status === 'expired' || time <= 0) return 'Its time is over.';
  if (left === null) return 'Its requests are unlimited: it ends with its time.';
  if (left <= 0) return 'Its requests are used up.';
  if (lastDay === undefined) return undefined;
  if (lastDay === 0) return 'It was not used in the last 24 hours: at that pace it ends with its time.';
  const requests = (left / lastDay) * DAY_MS;
  const when = `At the pace of the last 24 hours its requests run out in ${span(requests)}`;
  return requests < time ? `${when}, before its time does.` : `${when}, after its time does.`;
}
