import { TOKEN } from '../../token/token.examples.js';
import type { OverviewView } from './overview.dto.js';

export const OVERVIEW: OverviewView = {
  at: '2026-11-28T12:00:00.000Z',
  projects: { active: 11, total: 12 },
  tokens: {
    active: 5012,
    withering: 214,
    expired: 61_210,
    exhausted: 40,
    revoked: 33_520,
    project_inactive: 4,
    total: 100_000,
  },
  requests_24h: 412_900,
  requests_before: 375_360,
  failed_24h: 5120,
  cost_24h_micro_usd: 184_220_000,
  cost_before_micro_usd: 202_440_000,
  unpriced_24h: 0,
  running: 37,
  overhead_p50_ms: 0.41,
  overhead_p99_ms: 2.6,
  overhead_since: '2026-11-27T08:00:00.000Z',
  points: [{ at: '2026-11-27T12:15:00.000Z', values: { ok: 9000, limit: 412, upstream: 1210 } }],
  ends: [
    { end: 'limit', count: 3120 },
    { end: 'upstream', count: 1210 },
  ],
  withering: [{ ...TOKEN, status: 'withering' }],
};
