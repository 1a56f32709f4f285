import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TokenAnswer } from '../support/app.js';
import { until } from '../support/app.js';
import { codeOf } from '../support/proxy.fixture.js';
import { expectPassed, expectRefused, json, oneProvider, policyFixture } from '../support/policy.fixture.js';

const MB = 1024 * 1024;
const filler = (bytes: number): string => `"input":"${'x'.repeat(bytes)}"`;

describe('a rule over a body that is larger than the prefix in memory', () => {
  const fixture = policyFixture(oneProvider({ param_whitelist: { model: ['gpt-4o'] } }));
  const used = async (token: TokenAnswer) => (await fixture.app.tokenById(token.id)).request_count;
  const chunked = async (token: TokenAnswer) => {
    const client = await fixture.connect();
    await client.write(
      `POST /v1/responses HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token.token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = (text: string) => client.write(`${text.length.toString(16)}\r\n${text}\r\n`);
    return { client, chunk, last: () => client.write('0\r\n\r\n') };
  };

  it.each([
    ['at its beginning', `{"model":"gpt-4o",${filler(5 * MB)}}`],
    ['at its end', `{${filler(5 * MB)},"model":"gpt-4o"}`],
    ['nowhere', `{${filler(5 * MB)}}`],
  ])('passes byte for byte with the model %s', async (_where, body) => {
    const { request } = await expectPassed(fixture, { body, with: [json] });
    expect(request.header('content-length')).toBe(String(body.length));
    expect(request.sha256).toBe(createHash('sha256').update(body).digest('hex'));
  });

  it('BD-07 refused within the first 64 KiB, it costs nothing', async () => {
    await expectRefused(fixture, { body: `{"model":"dear",${filler(5 * MB)}}` }, 400, 'param_not_allowed');
    await expectRefused(
      fixture,
      { body: `{${filler(30_000)},"model":"dear",${filler(5 * MB)}}` },
      400,
      'param_not_allowed',
    );
  });

  it.each([
    ['another model', `{${filler(3 * MB)},"model":"dear"}`, 'param_not_allowed'],
    ['a second model', `{"model":"gpt-4o",${filler(3 * MB)},"model":"dear"}`, 'param_not_allowed'],
    ['a broken end', `{"model":"gpt-4o",${filler(3 * MB)}`, 'body_invalid'],
  ])('BD-02 BD-07 found out later by %s, it is never complete upstream', async (_what, body, code) => {
    const token = await fixture.app.token({ max_requests: 5 });
    const response = await fixture.call({ headers: fixture.headers(token), body });
    expect([response.status, codeOf(response)]).toEqual([400, code]);
    const request = await fixture.upstream.nextRequest();
    expect(await request.bodyEnded()).toBe('aborted');
    expect(request.bodyBytes).toBeLessThan(body.length);
    expect(await used(token)).toBe(1);
  });

  it('in chunks stays in chunks, however few', async () => {
    const { client, chunk, last } = await chunked(fixture.token);
    await chunk('{"mod');
    await chunk('el":"gpt-4o"}');
    await last();
    expect((await client.response()).status).toBe(200);
    const request = await (await fixture.upstream.nextRequest()).completed();
    expect([request.text, request.header('transfer-encoding')]).toEqual(['{"model":"gpt-4o"}', 'chunked']);
    client.destroy();
  });

  it('goes on as soon as the rules have decided, and breaks off where they are broken', async () => {
    const { client, chunk, last } = await chunked(fixture.token);
    await chunk('{"model":"gpt-4o"');
    const request = await fixture.upstream.nextRequest();
    await request.received(17);
    await chunk(',"a":1');
    await request.received(23);
    await chunk(',"model":"dear"}');
    await last();
    expect(codeOf(await client.response())).toBe('param_not_allowed');
    expect(await request.bodyEnded()).toBe('aborted');
    expect(request.text).toBe('{"model":"gpt-4o","a":1');
    client.destroy();
  });

  it('BD-16 in chunks and empty is refused before the take', async () => {
    const token = await fixture.app.token({ max_requests: 5 });
    const { client, last } = await chunked(token);
    await last();
    expect(codeOf(await client.response())).toBe('body_invalid');
    expect([await used(token), fixture.bytesUpstream]).toEqual([0, 0]);
    client.destroy();
  });

  it('BD-08 aborted by its client before the rules have decided, it costs nothing', async () => {
    const token = await fixture.app.token({ max_requests: 5 });
    const { client, chunk } = await chunked(token);
    await chunk('{"mod');
    client.end();
    await client.closed();
    await until('the line', () =>
      fixture.app.accessLines.some((line) => line['token_id'] === token.id && line['end'] === 'client'),
    );
    expect([await used(token), fixture.bytesUpstream]).toEqual([0, 0]);
  });

  it('revoked while it is read, the token is not used', async () => {
    const token = await fixture.app.token();
    const { client, chunk, last } = await chunked(token);
    await chunk('{"mod');
    await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    await chunk('el":"gpt-4o"}');
    await last();
    expect(codeOf(await client.response())).toBe('token_inactive');
    expect(fixture.bytesUpstream).toBe(0);
    client.destroy();
  });

  it('is kept up to 64 KiB: from there on every byte is sent on before the next one arrives', async () => {
    const { client, chunk, last } = await chunked(fixture.token);
    await chunk('{"input":"');
    for (let i = 0; i < 63; i += 1) await chunk('x'.repeat(1024));
    expect(fixture.upstream.requests).toEqual([]);
    await chunk('x'.repeat(1024));
    const request = await fixture.upstream.nextRequest();
    for (let sent = 64 * 1024; sent < 16 * MB; sent += MB) {
      await request.received(sent);
      await chunk('x'.repeat(MB));
    }
    await chunk('"}');
    await last();
    expect((await client.response()).status).toBe(200);
    client.destroy();
  });
});

describe('a body that is read for its rules', () => {
  const fixture = policyFixture(oneProvider({ param_whitelist: { model: ['gpt-4o'] } }), {
    CLIENT_STALL_TIMEOUT: '1s',
    MAX_REQUEST_SIZE: '1000',
  });

  it('has to come within CLIENT_STALL_TIMEOUT', async () => {
    const client = await fixture.connect();
    await client.write(
      `POST /v1/responses HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nContent-Length: 100\r\n\r\n{`,
    );
    const response = await client.response();
    expect([response.status, codeOf(response), fixture.bytesUpstream]).toEqual([408, 'request_timeout', 0]);
    client.destroy();
  });

  it('BD-07 is measured against MAX_REQUEST_SIZE', async () => {
    await expectRefused(fixture, { body: `{"model":"gpt-4o",${filler(1000)}}` }, 413, 'body_too_large');
    const client = await fixture.connect();
    await client.write(
      `POST /v1/responses HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    await client.write(`7d0\r\n{"a":"${'x'.repeat(1994)}\r\n3\r\n"} \r\n0\r\n\r\n`);
    expect((await client.response()).status).toBe(413);
    expect(fixture.bytesUpstream).toBe(0);
    client.destroy();
  });

  it('FR-28 is asked for with 100 Continue, when the token may be used', async () => {
    const client = await fixture.connect();
    const head = (token: string) =>
      `POST /v1/responses HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Length: 18\r\nExpect: 100-continue\r\n\r\n`;
    await client.write(head(fixture.token.token));
    await client.sees('100 Continue');
    await client.write('{"model":"gpt-4o"}');
    expect((await client.response()).status).toBe(200);
    client.destroy();
  });
});
