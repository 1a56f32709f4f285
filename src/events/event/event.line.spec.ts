import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { endedExchange } from '../../../test/support/ended.exchange.js';
import type { Exchange } from '../../http/exchange.js';
import type { UsageReport } from '../../openai/usage/usage.record.js';
import { exchangeMembers } from './event.line.js';
import type { ProxyEvent } from './proxy.event.js';
import { reportMembers } from './usage.line.js';

const AT = Date.UTC(2026, 10, 28, 10, 0, 0, 123);
const schema = JSON.parse(readFileSync('api/proxy-event.schema.json', 'utf8')) as object;
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
(formats as unknown as (to: Ajv2020) => void)(ajv);
const validate = ajv.compile(schema);

/** The event of an exchange, which the schema describes. */
function eventOf(exchange: Exchange, report?: UsageReport): ProxyEvent {
  const members = exchangeMembers(exchange, { route: 'chat_completions', at: AT });
  const text = `{"v":1,"replica":"r","epoch":7,"seq":1,${members}${report ? reportMembers(report) : ''}}`;
  const event = JSON.parse(text) as ProxyEvent;
  validate(event);
  expect(validate.errors ?? []).toEqual([]);
  return event;
}

describe(exchangeMembers.name, () => {
  it('has what the exchange knows', () => {
    const exchange = endedExchange({ upstreamRequestId: 'req_1', asked: { model: 'gpt-5.6-terra' } });
    expect(eventOf(exchange)).toEqual({
      v: 1,
      replica: 'r',
      epoch: 7,
      seq: 1,
      id: `${exchange.uuid}:request`,
      kind: 'request',
      at: '2026-11-28T10:00:00.123Z',
      request_id: exchange.requestId,
      upstream_request_id: 'req_1',
      project_id: exchange.projectId,
      token_id: exchange.tokenId,
      method: 'POST',
      route: 'chat_completions',
      path: '/v1/chat/completions',
      status: 200,
      end: 'ok',
      bytes_in: 12,
      bytes_out: 345,
      queue_ms: 0.5,
      upstream_headers_ms: 6.5,
      first_byte_ms: 8,
      last_byte_ms: 10,
      overhead_ms: 1,
      request_model: 'gpt-5.6-terra',
    });
  });

  it('has no member that is not known', () => {
    const nothing = { status: undefined, tokenId: undefined, projectId: undefined, end: 'client' as const };
    const event = eventOf(
      endedExchange({ ...nothing, queuedAt: undefined, sentAt: undefined, respondedAt: undefined }),
    );
    for (const name of ['status', 'token_id', 'queue_ms', 'first_byte_ms', 'stream', 'socket', 'usage', 'code'])
      expect(event).not.toHaveProperty(name);
    expect(event).toMatchObject({ end: 'client', overhead_ms: 10 });
  });

  it('marks a stream and a WebSocket', () => {
    expect(eventOf(endedExchange({ isStream: true }))).toMatchObject({ stream: true });
    expect(eventOf(endedExchange({}, '/v1/realtime', true))).toMatchObject({ socket: true });
  });

  it('keeps one id of an exchange, which is not that of the client', () => {
    const exchange = endedExchange();
    expect(eventOf(exchange).id).toBe(eventOf(exchange).id);
    expect(exchange.uuid).not.toBe(exchange.requestId);
    expect(endedExchange().uuid).not.toBe(exchange.uuid);
  });

  it('escapes, cuts and cleans what others wrote', () => {
    const model = `"\n\\ sk-proj-${'a'.repeat(40)} ${'é'.repeat(300)}\ud800`;
    const event = eventOf(endedExchange({ asked: { model }, upstreamRequestId: '"},{' }));
    expect(event.request_model).toMatch(/^"\n\\ sk-… é+$/u);
    expect(event.request_model!.length).toBeLessThanOrEqual(256);
    expect(event.upstream_request_id).toBe('"},{');
  });

  it('prints the path as the access log does', () => {
    const path = '/v1/files/"\\sk-proj-abcdefghijklmnop';
    expect(eventOf(endedExchange({}, path)).path).toBe('/v1/files/"\\sk-…');
  });
});

describe(reportMembers.name, () => {
  const figures = { input: 19, cached: 0, output: 10, total: 29, seconds: 1.25 };

  it('has the figures, and where they are from', () => {
    const report = { source: 'provider', figures, model: 'm', tier: 'flex', responseId: 'chatcmpl-1' } as const;
    expect(eventOf(endedExchange(), report)).toMatchObject({
      model: 'm',
      tier: 'flex',
      response_id: 'chatcmpl-1',
      usage: { source: 'provider', ...figures },
    });
  });

  it('has tools, parts, counts and work', () => {
    const part = { key: 'resp_1', model: 'm', tier: 'default', figures: { input: 1 }, tools: { web_search: 2 } };
    const event = eventOf(endedExchange(), {
      source: 'none',
      reason: 'not_asked',
      mismatch: true,
      figures: {},
      tools: { web_search: 3, code_sessions: 1 },
      parts: [part],
      deltas: 4,
      textBytes: 5,
      images: 1,
      work: { key: 'resp_2', kind: 'response', state: 'open' },
    });
    expect(event.usage).toEqual({
      source: 'none',
      reason: 'not_asked',
      mismatch: true,
      tools: { web_search: 3, code_sessions: 1 },
      parts: [{ key: 'resp_1', model: 'm', tier: 'default', input: 1, tools: { web_search: 2 } }],
      deltas: 4,
      text_bytes: 5,
      images: 1,
    });
    expect(event.work).toEqual({ key: 'resp_2', kind: 'response', state: 'open' });
  });

  it('names a tier of no price list `other`', () => {
    expect(eventOf(endedExchange(), { source: 'provider', figures, tier: 'my"tier' }).tier).toBe('other');
  });
});
