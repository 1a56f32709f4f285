import { VERSION } from '../../common/values/package.js';
import type { SystemView } from './system.dto.js';

export const SYSTEM: SystemView = {
  version: VERSION,
  node: 'v24.4.1',
  uptime_seconds: 86_400,
  replicas: [
    {
      id: '5f0c8e7e-0f43-4f0e-9b49-0d1c8f2a7c11',
      name: 'proxy-1/17',
      role: 'server',
      is_this: true,
      version: VERSION,
      started_at: '2026-01-31T12:00:00.000Z',
      revision: 42,
      behind: 0,
      silent_ms: 0,
      differs: 0,
    },
  ],
  database: {
    driver: 'postgres',
    up: true,
    version: '17.5',
    latency_ms: 0.8,
    pool_size: 10,
    durability: 'full',
    migration: 'Initial1795000000000',
  },
  events: { bus: 'outbox', state: 'ok', bytes: 1_048_576, dropped: 0, sinks: [] },
  encryption: { key_id: '9f86d081', previous_rows: 0 },
  prices: { as_of: '2026-01-15' },
  config: [
    {
      name: 'WORKERS',
      value: '2',
      secret: false,
      set: true,
      source: 'environment',
      default: '1',
      differs_on: [],
    },
  ],
};
