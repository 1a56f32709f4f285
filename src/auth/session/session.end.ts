import type { AdminConfig } from '../../config/app.config.js';
import type { EndedBy, SessionEntity } from './session.entity.js';

type Lasting = Pick<SessionEntity, 'remember' | 'lastSeenAt' | 'expiresAt' | 'endedBy' | 'endedAt'>;

const REASONS: Record<EndedBy, string> = {
  logout: 'it was signed out',
  ended: 'it was ended from the list of sessions',
  replaced: 'a later login took its place',
  operator: 'its operator is revoked or has expired',
  token: 'the management token was exchanged',
};

/** A login that is younger than this counts as recent. */
export const FRESH_MS = 12 * 3_600_000;

/** How long a session may be without a call, in milliseconds. */
export const idleMsOf = ({ remember }: Pick<SessionEntity, 'remember'>, admin: AdminConfig): number =>
  remember ? admin.rememberIdleMs : admin.idleMs;

/** Why a session has ended, to read on after a colon; undefined while it lasts. Times are in milliseconds since the epoch. */
export function whyEnded(session: Lasting, now: number, admin: AdminConfig): string | undefined {
  const { endedAt, endedBy, expiresAt, lastSeenAt } = session;
  if (endedAt !== null) return REASONS[endedBy ?? 'ended'];
  if (now >= expiresAt) return 'it has reached its longest time';
  return now - lastSeenAt >= idleMsOf(session, admin) ? 'it was not used for too long' : undefined;
}
