import { EXAMPLE_IDS } from '../../common/rest/api.docs.js';
import type { RequestDetailView, RequestView } from './request.dto.js';

const ID = '5f0c9e5a-4a53-4c1b-8a39-b7a2c8f4a001:request';

export const REQUEST: RequestView = {
  id: ID,
  cursor: '18421.7',
  request_id: '0b6f2f3e-3c70-4a4b-8f0e-6f1f0a8a5a55',
  kind: 'request',
  at: '2026-11-28T12:00:00.000Z',
  project_id: EXAMPLE_IDS.project,
  project_name: 'Search team',
  token_id: EXAMPLE_IDS.token,
  token_name: 'nightly job',
  method: 'POST',
  route: 'chat_completions',
  path: '/v1/chat/completions',
  model: 'gpt-5.6-terra-2026-08-01',
  status: 200,
  end: 'ok',
  stream: true,
  duration_ms: 2210.4,
  first_byte_ms: 413.1,
  overhead_ms: 0.9,
  bytes_in: 812,
  bytes_out: 15021,
  usage: { source: 'provider', input: 1200, cached: 1024, output: 340, reasoning: 128, total: 1540 },
  cost_micro_usd: 4210,
  replica: 'replica-1',
};

const { cursor: _cursor, ...ONE } = REQUEST;

export const REQUEST_DETAIL: RequestDetailView = {
  ...ONE,
  upstream_request_id: 'req_7f3a9c',
  response_id: 'chatcmpl-9x2b',
  request_model: 'gpt-5.6-terra',
  tier: 'default',
  cost_nano_usd: 4_210_000,
  price_version: '2026-11-20',
  timings_ms: { admitted: 0.2, headers: 412.8, first_byte: 413.1, last_byte: 2210.4 },
  bodies: { request: { bytes: 812, truncated: false, headers: { 'content-type': 'application/json' } } },
};

export const LIVE_STREAM = `retry: 1000

id: 18421.7
event: request
data: ${JSON.stringify(REQUEST)}

event: skipped
data: {"count":12}

event: bye
data: {"reason":"drain"}

`;
