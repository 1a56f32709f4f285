import { type BodyExamples, EXAMPLE_IDS } from '../common/rest/api.docs.js';
import type { CreateProject, UpdateProject } from './project.dto.js';
import type { CheckView, ProjectView } from './project.view.js';

/** A project in the responses of the OpenAPI document. */
export const PROJECT: ProjectView = {
  id: EXAMPLE_IDS.project,
  name: 'Search team',
  api_key: 'sk-proj-…-key',
  base_url: null,
  provider: null,
  labels: { team: 'search' },
  owner: 'search@example.com',
  note: null,
  token_defaults: { duration_minutes: 1440 },
  token_maxima: { duration_minutes: 43_200, max_requests: 10_000 },
  is_active: true,
  rate_limit_per_minute: null,
  max_concurrent: null,
  max_requests_per_day: null,
  max_requests_per_month: null,
  requests_today: null,
  requests_this_month: null,
  created_at: '2026-01-31T12:00:00.000Z',
  updated_at: '2026-01-31T12:00:00.000Z',
};

export const INACTIVE_PROJECT: ProjectView = {
  ...PROJECT,
  is_active: false,
  updated_at: '2026-02-01T09:30:00.000Z',
  deactivated_at: '2026-02-01T09:30:00.000Z',
};

export const CREATE_PROJECT: BodyExamples<CreateProject> = {
  create: { summary: 'Create a project', value: { name: 'Search team', api_key: 'sk-proj-your-upstream-key' } },
};

/** None replaces the upstream key, which the API never returns. */
export const UPDATE_PROJECT: BodyExamples<UpdateProject> = {
  deactivate: { summary: 'Deactivate the project', value: { is_active: false } },
  activate: { summary: 'Activate the project again', value: { is_active: true } },
  rename: { summary: 'Rename the project', value: { name: 'Search team, renamed' } },
  default_upstream: { summary: 'Use the upstream of OPENAI_API_URL', value: { base_url: null } },
  bounds: {
    summary: 'Set defaults and maxima of its tokens',
    value: {
      token_defaults: { duration_minutes: 1440 },
      token_maxima: { duration_minutes: 43_200, max_requests: 10_000 },
    },
  },
  revoke: {
    summary: 'Deactivate the project and revoke its tokens for good',
    value: { is_active: false, revoke_tokens: true },
  },
};

export const CHECK: CheckView = {
  ok: true,
  status: 200,
  reason: 'The upstream accepts the key.',
  connect_ms: 31,
  first_byte_ms: 142,
  models: 61,
};
