import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import { expectPassed, expectRefused, json, oneProvider, policyFixture } from '../support/policy.fixture.js';

const CODE = 'stream_usage_required';
const ASKS = '"stream_options":{"include_usage":true}';
const text = (bytes: number): string => `"messages":"${'x'.repeat(bytes)}"`;

describe('stream_usage: require', () => {
  const fixture = policyFixture(oneProvider({ stream_usage: 'require' }));

  it.each([
    '{"stream":true}',
    '{"model":"a","stream":true,"stream_options":{}}',
    '{"stream_options":{},"stream":true}',
    '{"stream_options":null,"stream":true}',
    '{"stream":true,"stream_options":{"include_usage":false}}',
    '{"stream":true,"stream_options":{"include_usage":"true"}}',
    '{"stream":true,"stream_options":{"x":{"include_usage":true}}}',
    '{"stream":true,"stream_options":[{"include_usage":true}]}',
    '{"stream":true,"messages":[{"stream_options":{"include_usage":true}}]}',
    '{"stream":true,"include_usage":true}',
    '{"str\\u0065am":true}',
    '{"stream":"true"}',
    '{"stream":1}',
  ])('refuses %s before a take, in OpenAI’s shape', async (body) => {
    for (const target of ['/v1/chat/completions', '/v1/completions', '/v1/engines/a/completions']) {
      const response = await expectRefused(fixture, { target, body, with: [json] }, 400, CODE);
      expect(response.json()).toMatchObject({
        error: { type: 'invalid_request_error', code: CODE, param: 'stream_options' },
      });
    }
  });

  it.each([
    ['{"stream":true,"stream_options":{"include_usage":true},"stream_options":{}}', 'param_not_allowed'],
    ['{"stream":true,"stream_options":{"include_usage":true,"include_usage":false}}', 'param_not_allowed'],
    ['{"stream":false,"stream":true}', 'param_not_allowed'],
    ['{"Stream":true}', 'param_not_allowed'],
    ['{"stream":tru', 'body_invalid'],
  ])('refuses %s: %s', async (body, code) => {
    await expectRefused(fixture, { body, with: [json] }, 400, code);
  });

  it.each([
    `{"stream":true,${ASKS}}`,
    `{${ASKS},"stream":true}`,
    '{"stream":true,"stream_options":{"include_obfuscation":false,"include_usage":true}}',
    `{"stream":true,${text(100_000)},${ASKS}}`,
    '{"stream":false}',
    '{"stream":null}',
    '{"model":"a"}',
    '{"stream_options":{}}',
  ])('passes %.80s as it is', async (body) => {
    await expectPassed(fixture, { body, with: [json] });
  });

  it.each([
    ['/v1/responses', 'POST'],
    ['/v1/threads/runs', 'POST'],
    ['/v1/chat/completions', 'GET'],
  ])('says nothing of a body for %s by %s', async (target, method) => {
    await expectPassed(fixture, { method, target, body: '{"stream":true}', with: [json] });
  });

  it('reads through a content coding', async () => {
    const coding: [string, string] = ['Content-Encoding', 'gzip'];
    await expectRefused(fixture, { body: gzipSync('{"stream":true}'), with: [json, coding] }, 400, CODE);
    await expectPassed(fixture, { body: gzipSync(`{"stream":true,${ASKS}}`), with: [json, coding] });
  });

  it('reads a body in chunks', async () => {
    const client = await fixture.connect();
    const head = `POST /v1/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\n`;
    await client.write(`${head}Transfer-Encoding: chunked\r\n\r\n7\r\n{"strea\r\n8\r\nm":true}\r\n0\r\n\r\n`);
    expect(codeOf(await client.response())).toBe(CODE);
    expect(fixture.bytesUpstream).toBe(0);
    client.destroy();
  });

  it('never sends the whole of a larger body that asks for a stream at its end', async () => {
    const body = `{${text(3_000_000)},"stream":true}`;
    expect(codeOf(await fixture.call({ body }))).toBe(CODE);
    expect(await (await fixture.upstream.nextRequest()).bodyEnded()).toBe('aborted');
  });
});

describe('STREAM_USAGE=require', () => {
  const fixture = ProxyFixture.forTests({ STREAM_USAGE: 'require' });

  it('holds for the provider without a file', async () => {
    await expectRefused(fixture, { body: '{"stream":true}' }, 400, CODE);
    await expectPassed(fixture, { body: `{"stream":true,${ASKS}}` });
  });
});

describe('STREAM_USAGE=require and stream_usage: off', () => {
  const fixture = policyFixture(oneProvider({ stream_usage: 'off' }), { STREAM_USAGE: 'require' });

  it('requires nothing', async () => {
    await expectPassed(fixture, { body: '{"stream":true}' });
  });
});
