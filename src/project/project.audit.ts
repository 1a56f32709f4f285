import type { Json } from '../common/audit/json.js';
import { withoutCredentials } from '../common/connection/url.credentials.js';
import type { Shown } from '../audit/row/field.changes.js';
import type { ProjectEntity, TokenBounds } from './project.entity.js';

/** What the audit log shows of a project. */
export const SHOWN_OF_PROJECT: Shown<ProjectEntity> = {
  name: ({ name }) => name,
  api_key: ({ apiKeyDisplay }) => apiKeyDisplay,
  // The API refuses user names and passwords in base URLs; an imported one may have them.
  base_url: ({ baseUrl }) => baseUrl && withoutCredentials(baseUrl),
  provider: ({ provider }) => provider,
  is_active: ({ isActive }) => isActive,
  rate_limit_per_minute: ({ rateLimitPerMinute }) => rateLimitPerMinute,
  max_concurrent: ({ maxConcurrent }) => maxConcurrent,
  max_requests_per_day: ({ maxRequestsPerDay }) => maxRequestsPerDay,
  max_requests_per_month: ({ maxRequestsPerMonth }) => maxRequestsPerMonth,
  token_defaults: ({ tokenDefaults }) => boundsOf(tokenDefaults),
  token_maxima: ({ tokenMaxima }) => boundsOf(tokenMaxima),
  labels: ({ labels }) => labels,
  owner: ({ owner }) => owner,
  note: ({ note }) => note,
};

/** Fields of the view that are no change of a management call. */
export const NOT_SHOWN_OF_PROJECT = [
  'id',
  'requests_today',
  'requests_this_month',
  'created_at',
  'updated_at',
  'deactivated_at',
  'deleted_at',
] as const;

const boundsOf = (bounds: TokenBounds | null): Json => bounds && { ...bounds };
