import { VERSION } from '../common/values/package.js';
import type { HealthView } from './health.dto.js';

/** The state of a server in the responses of the OpenAPI document. */
export const HEALTHY: HealthView = {
  status: 'ok',
  version: VERSION,
  timestamp: '2026-01-31T12:00:00.000Z',
  uptime_seconds: 86400,
  checks: { database: 'ok', events: 'ok' },
  replicas: [
    {
      id: '5f0c8e7e-0f43-4f0e-9b49-0d1c8f2a7c11',
      is_this: true,
      revision: 42,
      revisions_behind: 0,
      silent_ms: 310,
    },
  ],
};

export const UNHEALTHY: HealthView = {
  ...HEALTHY,
  status: 'unavailable',
  checks: { database: 'down', events: 'degraded' },
};
