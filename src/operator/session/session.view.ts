import { FRESH_MS, idleMsOf } from '../../auth/session/session.end.js';
import type { SessionEntity } from '../../auth/session/session.entity.js';
import { instant } from '../../common/rest/field.rules.js';
import type { Actor } from '../../common/values/actor.js';
import type { AdminConfig } from '../../config/app.config.js';
import type { ListedSession, SessionView } from './session.dto.js';

/** How a call is signed in. */
export function sessionView({ name, role, projects, session }: Actor, admin: AdminConfig): SessionView {
  return {
    via: session ? 'session' : 'bearer',
    ...(name === undefined ? {} : { name }),
    role,
    projects: projects ? [...projects] : null,
    ...(session && {
      id: session.id,
      remember: session.remember,
      created_at: instant(session.createdAt),
      expires_at: instant(session.expiresAt),
      idle_seconds: Math.floor(idleMsOf(session, admin) / 1000),
      fresh_until: instant(Math.min(session.createdAt + FRESH_MS, session.expiresAt)),
    }),
    remember_seconds: Math.floor(admin.rememberMs / 1000),
  };
}

/** A session in lists, with the name of its operator. */
export function listedSession(session: SessionEntity, operatorName: string | undefined, ownId?: string): ListedSession {
  const { id, name, operatorId, remember, createdAt, lastSeenAt, expiresAt, clientIp, userAgent } = session;
  return {
    id,
    ...(name === null ? {} : { name }),
    ...(operatorId === null ? {} : { operator_id: operatorId }),
    ...(operatorName === undefined ? {} : { operator_name: operatorName }),
    remember,
    created_at: instant(createdAt),
    last_seen_at: instant(lastSeenAt),
    expires_at: instant(expiresAt),
    client_ip: clientIp,
    ...(userAgent === null ? {} : { user_agent: userAgent }),
    is_this: id === ownId,
  };
}
