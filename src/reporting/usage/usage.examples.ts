import { EXAMPLE_IDS } from '../../common/rest/api.docs.js';
import type { UsageSumsView, UsageView } from './usage.dto.js';

const SUMS: UsageSumsView = {
  requests: 1204,
  failed: 7,
  input_tokens: 1_840_200,
  cached_input_tokens: 612_000,
  output_tokens: 310_455,
  reasoning_tokens: 92_000,
  cost_micro_usd: 8_412_733,
  estimated_requests: 3,
  estimated_input_tokens: 1200,
  estimated_output_tokens: 480,
  estimated_cost_micro_usd: 6400,
  unpriced_requests: 0,
  unknown_requests: 2,
};
const SERIES = { key: EXAMPLE_IDS.project, name: 'Search team' };

export const USAGE: UsageView = {
  from: '2026-11-27T00:00:00.000Z',
  to: '2026-11-28T00:00:00.000Z',
  tz: 'UTC',
  interval: 'day',
  series: [SERIES],
  points: [{ at: '2026-11-27T00:00:00.000Z', values: { [EXAMPLE_IDS.project]: 8_412_733 } }],
  rows: [{ ...SERIES, ...SUMS }],
  totals: SUMS,
  estimated_requests: 3,
  unpriced_requests: 0,
  prices_as_of: '2026-11-20',
};
