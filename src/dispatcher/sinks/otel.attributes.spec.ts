import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { ProxyEvent } from '../../events/event/proxy.event.js';
import { attributesOf } from './otel.attributes.js';
import { type OtelApi, SpanMaker } from './otel.span.js';

const api = createRequire(import.meta.url)('@opentelemetry/api') as OtelApi;

const EVENT: ProxyEvent = {
  v: 1,
  id: '00000000-0000-4000-8000-000000000001:request',
  kind: 'request',
  replica: 'r',
  epoch: 1,
  seq: 1,
  at: '2026-11-28T10:00:00.123Z',
  request_id: 'q',
  method: 'POST',
  route: 'chat_completions',
  path: '/v1/chat/completions',
  status: 200,
  end: 'ok',
  stream: true,
  first_byte_ms: 250,
  last_byte_ms: 1500,
  model: 'm-1',
  request_model: 'm',
  tier: 'default',
  usage: { source: 'provider', input: 19, cached: 3, cache_write: 2, output: 10, reasoning: 4, total: 29 },
};

describe(attributesOf.name, () => {
  it('has the names of 0.1.0', () => {
    expect(attributesOf(EVENT, '0.1.0')).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'm',
      'gen_ai.request.stream': true,
      'gen_ai.response.model': 'm-1',
      'gen_ai.response.time_to_first_chunk': 0.25,
      'gen_ai.usage.input_tokens': 19,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.cache_read.input_tokens': 3,
      'gen_ai.usage.cache_write.input_tokens': 2,
      'gen_ai.usage.reasoning.output_tokens': 4,
      'openai.api.type': 'chat_completions',
      'openai.response.service_tier': 'default',
      'http.request.method': 'POST',
      'url.path': '/v1/chat/completions',
      'http.response.status_code': 200,
      'llm_proxy.event.id': EVENT.id,
      'llm_proxy.request.id': 'q',
      'llm_proxy.end': 'ok',
      'llm_proxy.usage.source': 'provider',
    });
  });

  it('has the other name of written cache tokens in 1.41, and both with both', () => {
    const names = ['gen_ai.usage.cache_write.input_tokens', 'gen_ai.usage.cache_creation.input_tokens'];
    const valuesOf = (version: '1.41' | 'both') => names.map((name) => attributesOf(EVENT, version)[name]);
    expect(valuesOf('1.41')).toEqual([undefined, 2]);
    expect(valuesOf('both')).toEqual([2, 2]);
  });

  it('has the names of OpenInference', () => {
    expect(attributesOf(EVENT, 'openinference')).toMatchObject({
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'm-1',
      'llm.token_count.prompt': 19,
      'llm.token_count.completion': 10,
      'llm.token_count.total': 29,
      'llm.token_count.prompt_details.cache_read': 3,
      'llm.token_count.completion_details.reasoning': 4,
    });
  });

  it('has no tokens of a read, and none of unknown usage', () => {
    const hasTokens = (event: ProxyEvent) =>
      Object.keys(attributesOf(event, 'both')).some((name) => name.startsWith('gen_ai.usage'));
    expect(hasTokens({ ...EVENT, route: 'response' })).toBe(false);
    expect(hasTokens({ ...EVENT, usage: { source: 'none', reason: 'broken' } })).toBe(false);
  });

  it.each<[Partial<ProxyEvent>, string | undefined]>([
    [{}, undefined],
    [{ status: 429, code: 'rate_limited' }, 'rate_limited'],
    [{ status: 500 }, '500'],
    [{ end: 'crash', kind: 'crash' }, 'crash'],
  ])('says of %o the error %s', (members, error) => {
    expect(attributesOf({ ...EVENT, ...members }, '0.1.0')['error.type']).toBe(error);
  });

  it('has messages where bodies were captured', () => {
    const bodies = { request: { body: '{"input":"Hi"}' }, response: { body: '{"output":[{"a":1}]}' } };
    expect(attributesOf({ ...EVENT, ...bodies }, '0.1.0')).toMatchObject({
      'gen_ai.input.messages': 'Hi',
      'gen_ai.output.messages': '[{"a":1}]',
    });
  });
});

describe(SpanMaker.name, () => {
  const maker = new SpanMaker('0.1.0', api, {} as never);

  it('makes the same span of the same event', () => {
    const [one, two] = [maker.spanOf(EVENT), maker.spanOf(EVENT)];
    expect(one.spanContext()).toEqual(two.spanContext());
    expect(one).toMatchObject({
      name: 'chat m',
      kind: api.SpanKind.CLIENT,
      startTime: [1_795_860_000, 123_000_000],
      endTime: [1_795_860_001, 623_000_000],
      status: { code: api.SpanStatusCode.UNSET },
    });
    expect(one.parentSpanContext).toBeUndefined();
  });

  it('has the parent that the client sent', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const span = maker.spanOf({ ...EVENT, traceparent, status: 500 });
    expect(span.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(span.parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true });
    expect(span.status).toEqual({ code: api.SpanStatusCode.ERROR, message: 'status 500' });
  });
});
