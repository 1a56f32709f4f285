import { type BodyExamples, EXAMPLE_IDS } from '../common/rest/api.docs.js';
import type { CreateToken, UpdateToken } from './token.dto.js';
import type { CreatedToken, RevokedTokens, TokenView } from './token.view.js';

/** A token in the responses of the OpenAPI document. */
export const TOKEN: TokenView = {
  id: EXAMPLE_IDS.token,
  project_id: EXAMPLE_IDS.project,
  project_name: 'Search team',
  name: 'nightly job',
  token: 'sk-wt-AbCd…wXyZ',
  status: 'active',
  is_active: true,
  expires_at: '2026-02-01T12:00:00.000Z',
  max_requests: 1000,
  request_count: 12,
  remaining_requests: 988,
  rate_limit_per_minute: 60,
  max_concurrent: null,
  allowed_models: ['gpt-4o*'],
  allowed_endpoints: null,
  allowed_ips: null,
  labels: { team: 'search' },
  owner: 'search@example.com',
  note: null,
  cache_hit_count: 0,
  created_at: '2026-01-31T12:00:00.000Z',
  last_used_at: '2026-01-31T18:45:12.345Z',
};

const { last_used_at: _, project_name: __, ...unused } = TOKEN;

export const NEW_TOKEN: CreatedToken = {
  ...unused,
  token: 'sk-wt-…(44 characters)',
  max_requests: null,
  request_count: 0,
  remaining_requests: null,
  rate_limit_per_minute: null,
  allowed_models: null,
};

export const REVOKED_TOKEN: TokenView = {
  ...TOKEN,
  status: 'revoked',
  is_active: false,
  deactivated_at: '2026-01-31T19:00:00.000Z',
};

export const REVOKED_TOKENS: RevokedTokens = { revoked_count: 3, already_revoked_count: 1, total_tokens: 4 };

const project_id = EXAMPLE_IDS.project;

export const CREATE_TOKEN: BodyExamples<CreateToken> = {
  day: { summary: 'For one day', value: { project_id, name: 'nightly job', duration_minutes: 1440 } },
  limited: {
    summary: 'With a cap of requests and limits in time',
    value: { project_id, name: 'trial', max_requests: 1000, rate_limit_per_minute: 60, max_concurrent: 4 },
  },
  models: {
    summary: 'For certain models and endpoints',
    value: { project_id, name: 'chat', allowed_models: ['gpt-4o*'], allowed_endpoints: ['/v1/chat/completions'] },
  },
};

export const UPDATE_TOKEN: BodyExamples<UpdateToken> = {
  deactivate: { summary: 'Deactivate the token', value: { is_active: false } },
  activate: { summary: 'Activate the token again', value: { is_active: true } },
  rename: { summary: 'Rename the token', value: { name: 'weekly job' } },
  uncap: { summary: 'Remove the cap of requests', value: { max_requests: null } },
  any_model: { summary: 'Allow every model', value: { allowed_models: null } },
};
