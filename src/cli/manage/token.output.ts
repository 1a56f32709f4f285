import type { CreatedToken, RevokedTokens, TokenView } from '../../token/token.dto.js';
import { maskSecret } from '../../token/token.secret.js';
import { fields, table, yesNo } from '../terminal/table.js';

const requests = (token: TokenView): string => `${token.request_count} of ${token.max_requests ?? 'unlimited'}`;

const limit = (value: number | null): string => value?.toString() ?? 'unlimited';

const restriction = (entries: readonly string[] | null): string => entries?.join(', ') ?? 'any';

export function tokenTable(tokens: readonly TokenView[]): string {
  if (tokens.length === 0) return 'There are no tokens.';
  const rows = tokens.map((token) => [
    token.id,
    token.project_id,
    token.name,
    token.token,
    yesNo(token.is_active),
    requests(token),
    token.expires_at,
  ]);
  return table(['ID', 'PROJECT', 'NAME', 'TOKEN', 'ACTIVE', 'REQUESTS', 'EXPIRES AT'], rows);
}

export const tokenFields = (token: TokenView): string =>
  fields([
    ['Id', token.id],
    ['Project', token.project_id],
    ['Name', token.name],
    ['Token', token.token],
    ['Active', yesNo(token.is_active)],
    ['Requests', requests(token)],
    ['Per minute', limit(token.rate_limit_per_minute)],
    ['Concurrent', limit(token.max_concurrent)],
    ['Models', restriction(token.allowed_models)],
    ['Endpoints', restriction(token.allowed_endpoints)],
    ['Addresses', restriction(token.allowed_ips)],
    ['Expires at', token.expires_at],
    ['Last used', token.last_used_at],
    ['Created', token.created_at],
  ]);

/** The only output that has the secret. */
export const newToken = ({ token, id, expires_at: expiresAt }: CreatedToken): string =>
  fields([
    ['Token', token],
    ['Display', maskSecret(token)],
    ['Id', id],
    ['Expires at', expiresAt],
  ]);

export const revocation = (result: RevokedTokens): string =>
  `Revoked ${result.revoked_count} of ${result.total_tokens} tokens; already revoked: ${result.already_revoked_count}.`;
