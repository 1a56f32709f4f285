import { randomUUID } from 'node:crypto';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import type { Fold, OpenExchange, OpenWork, SegmentDraft, StoreSettings } from '../../src/events/store/event.draft.js';
import { foldOf } from '../../src/events/store/event.fold.js';

export const nameOf = (model: string): string | undefined => (model.startsWith('gpt-') ? model : undefined);

export const SETTINGS: StoreSettings = {
  keepMs: 24 * 3_600_000,
  maxAgeMs: 7 * 24 * 3_600_000,
  maxBytes: 2 ** 31,
  usageKeepMs: 400 * 24 * 3_600_000,
  bodiesKeepMs: 24 * 3_600_000,
  bodiesMaxBytes: 64 * 1024 ** 2,
  isStrict: false,
  nameOf,
  quietMs: 0,
};

export const START = Date.UTC(2026, 10, 28, 10);

const MODELS = ['gpt-5.6', 'gpt-6-astra', 'llama', undefined];

/** The n-th event of generated traffic: every kind of usage occurs. */
export function eventOf(n: number, given: Partial<ProxyEvent> = {}): ProxyEvent {
  const source = (['provider', 'provider', 'estimated', 'none'] as const)[n % 4]!;
  const isPriced = source !== 'none' && n % 5 !== 0;
  const model = MODELS[n % 4];
  return {
    v: 1,
    id: `${randomUUID()}:request`,
    kind: 'request',
    replica: '',
    epoch: 0,
    seq: 0,
    at: new Date(START + n * 7000).toISOString(),
    request_id: `request-${n}`,
    project_id: `project-${n % 3}`,
    token_id: `token-${n % 7}`,
    method: 'POST',
    route: n % 2 === 0 ? 'chat_completions' : 'responses',
    path: n % 2 === 0 ? '/v1/chat/completions' : '/v1/responses',
    status: n % 11 === 0 ? 502 : 200,
    end: n % 11 === 0 ? 'upstream' : 'ok',
    last_byte_ms: n,
    ...(model !== undefined && { model }),
    tier: 'default',
    usage: {
      source,
      ...(source !== 'none' && { input: 100 + n, cached: n % 50, output: 10 + n, seconds: n / 8, total: 110 + 2 * n }),
    },
    cost: isPriced
      ? { nano_usd: 1_000_003 * n + 1, price_version: '2026-11-20', source: 'catalogue' }
      : { source: 'none' },
    ...given,
  };
}

/** A draft of events, as the worker makes it. */
export function draftOf(
  identity: { replica: string; epoch: number },
  events: readonly ProxyEvent[],
  more: Partial<SegmentDraft> = {},
): SegmentDraft {
  const lines = (seq: number) => events.map((event, at) => JSON.stringify({ ...event, ...identity, seq: seq + at }));
  const folds: Fold[] = events.map((event) => foldOf(event, nameOf));
  return { lines, count: events.length, folds, open: [], notices: [], workOpened: [], workClaims: [], ...more };
}

export const openOf = (n: number): OpenExchange => ({
  uuid: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  requestId: `request-${n}`,
  at: START + n * 7000,
  projectId: `project-${n % 3}`,
  tokenId: `token-${n % 7}`,
  method: 'POST',
  route: 'chat_completions',
  path: '/v1/chat/completions',
});

export const workOf = (n: number): OpenWork => ({
  key: `resp_${n}`,
  kind: 'response',
  projectId: `project-${n % 3}`,
  tokenId: `token-${n % 7}`,
  tier: 'default',
  model: 'gpt-5.6',
  uuid: `11111111-0000-4000-8000-${String(n).padStart(12, '0')}`,
  requestId: `request-${n}`,
  route: 'responses',
  at: START + n * 7000,
  deadline: START + 86_400_000,
});
