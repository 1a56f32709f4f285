import { type Shown, shownInstant } from '../audit/row/field.changes.js';
import type { TokenEntity } from './token.entity.js';

/** What the audit log shows of a token. */
export const SHOWN_OF_TOKEN: Shown<TokenEntity> = {
  name: ({ name }) => name,
  token: ({ secretDisplay }) => secretDisplay,
  is_active: ({ isActive }) => isActive,
  expires_at: ({ expiresAt }) => shownInstant(expiresAt),
  max_requests: ({ maxRequests }) => maxRequests,
  rate_limit_per_minute: ({ rateLimitPerMinute }) => rateLimitPerMinute,
  max_concurrent: ({ maxConcurrent }) => maxConcurrent,
  allowed_models: ({ allowedModels }) => allowedModels,
  allowed_endpoints: ({ allowedEndpoints }) => allowedEndpoints,
  allowed_ips: ({ allowedIps }) => allowedIps,
  labels: ({ labels }) => labels,
  owner: ({ owner }) => owner,
  note: ({ note }) => note,
  replaces: ({ replaces }) => replaces,
  replaced_by: ({ replacedBy }) => replacedBy,
};

/** Fields of the view that are no change of a management call: ids of the row, counters, and what follows from the others. */
export const NOT_SHOWN_OF_TOKEN = [
  'id',
  'project_id',
  'project_name',
  'status',
  'request_count',
  'remaining_requests',
  'cache_hit_count',
  'created_at',
  'last_used_at',
  'deactivated_at',
] as const;
