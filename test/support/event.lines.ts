import type { Notice, ProxyEvent } from '../../src/events/event/proxy.event.js';

/** A whole event of a chat completion. */
export const proxyEvent = (n: number, members: Partial<ProxyEvent> = {}): ProxyEvent => ({
  v: 1,
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}:request`,
  kind: 'request',
  replica: 'replica-1',
  epoch: 1,
  seq: n,
  at: '2026-11-28T10:00:00.123Z',
  request_id: `request-${n}`,
  project_id: 'project-1',
  token_id: 'token-1',
  method: 'POST',
  route: 'chat_completions',
  path: '/v1/chat/completions',
  status: 200,
  end: 'ok',
  first_byte_ms: 100.5,
  last_byte_ms: 1500,
  model: 'gpt-5.6-terra-2026-08-01',
  request_model: 'gpt-5.6-terra',
  usage: { source: 'provider', input: 19, cached: 3, output: 10, reasoning: 4, total: 29 },
  cost: { nano_usd: 123_456, price_version: '2026-11-20', source: 'catalogue' },
  ...members,
});

export const eventLine = (n: number, members: Partial<ProxyEvent> = {}): string =>
  JSON.stringify(proxyEvent(n, members));

export const notice = (id: string): Notice => ({
  v: 1,
  id,
  kind: 'notice',
  type: 'token.withering',
  at: '2026-11-28T10:00:00.000Z',
  replica: 'replica-1',
  message: 'A token withers.',
});

/** Lines of events `from` to before `to`. */
export const eventLines = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => eventLine(from + at));
