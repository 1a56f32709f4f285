import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import OpenAI from 'openai';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/http/exchange.js';
import { until } from '../support/app.js';
import { chatEvents } from '../support/openai.text.js';
import { oneProvider, policyFixture } from '../support/policy.fixture.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import type { RawResponse } from '../support/raw.response.js';
import { splitBytes } from '../support/split.bytes.js';
import { answer } from '../support/upstream.scenarios.js';

const ASKS = '"stream_options":{"include_usage":true}';
const plain = chatEvents({}).join('');
const withUsage = chatEvents({ stream_options: { include_usage: true } }).join('');
const USED = { source: 'provider', figures: { input: 9, output: 6, total: 15 } };
const EVENTS = ['content-type', 'text/event-stream'] as const;
const bodyOf = (bytes: number): string => `{"messages":"${'x'.repeat(bytes)}","stream":true}`;
const askingBody = (body: string): string => body.replace('{', `{${ASKS},`);

/** The upstream answers as OpenAI does, and the last exchange can be asked for. */
function openAi(fixture: ProxyFixture): () => Promise<Exchange> {
  const closed: Exchange[] = [];
  beforeAll(() => fixture.app.running.observers.add({ onClosed: (exchange) => closed.push(exchange) }));
  beforeEach(() => {
    closed.length = 0;
    fixture.upstream.clear();
  });
  return async () => {
    await until('the end of the exchange', () => closed.length > 0);
    return closed[0]!;
  };
}

/** The same request, its body in chunks of HTTP. */
async function inChunks(fixture: ProxyFixture, body: string): Promise<RawResponse> {
  const client = await fixture.connect();
  const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\n`;
  await client.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
  const pieces = splitBytes(Buffer.from(body), [1, 7, 20, 40_000, 70_000, 900_000]).filter(({ length }) => length > 0);
  for (const piece of pieces)
    await client.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
  await client.write('0\r\n\r\n');
  const response = await client.response();
  client.destroy();
  return response;
}

describe('STREAM_USAGE=inject', () => {
  const fixture = ProxyFixture.forTests({ STREAM_USAGE: 'inject' });
  const ended = openAi(fixture);

  it.each([2, 60_000, 500_000, 1_000_000])(
    'a body of %i bytes asks, and its client sees nothing of it',
    async (size) => {
      const body = bodyOf(size);
      const response = await fixture.call({ body });
      expect(response.text).toBe(plain);
      expect((await ended()).usage).toMatchObject(USED);
      const request = await fixture.upstream.nextRequest();
      expect(request.text === askingBody(body)).toBe(true);
      expect(request.header('content-length')).toBe(String(body.length + ASKS.length + 1));
    },
  );

  it.each([2, 60_000, 500_000])('a body of %i bytes in chunks stays in chunks', async (size) => {
    const body = bodyOf(size);
    expect((await inChunks(fixture, body)).text).toBe(plain);
    expect((await ended()).usage).toMatchObject(USED);
    const request = await fixture.upstream.nextRequest();
    expect(request.text === askingBody(body)).toBe(true);
    expect([request.header('transfer-encoding'), request.header('content-length')]).toEqual(['chunked', undefined]);
  });

  it('counts the bytes of the client', async () => {
    const response = await fixture.call({ body: bodyOf(2) });
    const { bytesIn, bytesOut } = await ended();
    expect([bytesIn, bytesOut]).toEqual([bodyOf(2).length, response.body.length]);
  });

  it.each([
    [1_048_600, 'length'],
    [1_048_600, 'chunks'],
    [3_000_000, 'length'],
    [3_000_000, 'chunks'],
  ])('a body of %i bytes passes as it is, by its %s', async (size, how) => {
    const body = bodyOf(size);
    const response = await (how === 'length' ? fixture.call({ body }) : inChunks(fixture, body));
    expect(response.text).toBe(plain);
    const request = await fixture.upstream.nextRequest();
    expect(request.sha256).toBe(createHash('sha256').update(body).digest('hex'));
    expect((await ended()).usage).toMatchObject({ source: 'none', reason: 'not_asked' });
  });

  it.each([
    ['asks itself', `{"stream":true,${ASKS}}`, withUsage],
    ['asks for none', '{"stream":true,"stream_options":{"include_usage":false}}', plain],
  ])('a request that %s is not changed, nor its response', async (_what, body, expected) => {
    expect((await fixture.call({ body })).text).toBe(expected);
    expect((await fixture.upstream.nextRequest()).text).toBe(body);
  });

  it.each([
    ['without a stream', '/v1/chat/completions', '{"model":"a"}'],
    ['that is not JSON', '/v1/chat/completions', '{"stream":true'],
    ['in chunks that is not JSON', '/v1/chat/completions', 'x'],
    ['that is empty', '/v1/chat/completions', ''],
    ['of another endpoint', '/v1/responses', '{"stream":true}'],
  ])('a body %s is not changed', async (what, target, body) => {
    if (what.includes('chunks')) await inChunks(fixture, body);
    else await fixture.call({ target, body });
    expect((await fixture.upstream.nextRequest()).text).toBe(body);
  });

  it.each([
    ['Content-Encoding', 'identity'],
    ['Content-Digest', 'sha-256=:YQ==:'],
    ['Content-MD5', 'YQ=='],
  ])('a body with %s is not changed', async (...header) => {
    await fixture.call({ body: bodyOf(2), headers: [...fixture.headers(), header] });
    expect((await fixture.upstream.nextRequest()).text).toBe(bodyOf(2));
  });

  it.each(['Transfer-Encoding: chunked', 'Content-Length: 200000'])(
    'a client that leaves within its body (%s) costs nothing',
    async (framing) => {
      const token = await fixture.app.token({ max_requests: 5 });
      const client = await fixture.connect();
      const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token.token}\r\n`;
      await client.write(`${head}${framing}\r\nExpect: 100-continue\r\n\r\n`);
      await client.sees('100 Continue');
      await client.write('e\r\n{"stream":true\r\n');
      client.end();
      await client.closed();
      await until('the line', () =>
        fixture.app.accessLines.some((line) => line['token_id'] === token.id && line['end'] === 'client'),
      );
      await until('the take', async () => (await fixture.app.tokenById(token.id)).request_count === 0);
      expect(fixture.bytesUpstream).toBe(0);
    },
  );

  it('a stream with a content coding passes as the upstream sent it', async () => {
    const coded = gzipSync(withUsage);
    fixture.upstream.once(answer({ status: 200, headers: [EVENTS, ['content-encoding', 'gzip']], body: coded }));
    const accept: [string, string] = ['Accept-Encoding', 'gzip, br'];
    const response = await fixture.call({ body: bodyOf(2), headers: [...fixture.headers(), accept] });
    expect(response.body.equals(coded)).toBe(true);
    expect((await fixture.upstream.nextRequest()).header('accept-encoding')).toBe('gzip, br');
  });

  it('a stream with a length gets shorter, so it is sent in chunks', async () => {
    fixture.upstream.once(answer({ status: 200, headers: [EVENTS], body: withUsage }));
    const response = await fixture.call({ body: bodyOf(2) });
    expect([response.text, response.header('content-length')]).toEqual([plain, undefined]);
  });

  it('a stream without a blank line at its end is shown to its end', async () => {
    const paced = fixture.upstream.sse();
    const response = fixture.call({ body: bodyOf(2) });
    await paced.opened();
    await paced.send('data: {"id":"a","usage":null}\n\ndata: {"id":"b","usage":null}\n');
    await paced.end();
    expect((await response).text).toBe('data: {"id":"a"}\n\ndata: {"id":"b"}\n');
  });

  it.each([
    [200, 'application/json'],
    [400, 'text/event-stream'],
  ])('another response is not changed: %i %s', async (status, type) => {
    fixture.upstream.once(answer({ status, headers: [['content-type', type]], body: withUsage }));
    const response = await fixture.call({ body: bodyOf(2) });
    expect([response.text, response.header('content-length')]).toEqual([withUsage, String(withUsage.length + 2)]);
  });

  it.each([1, 7, 100, 5000])('a stream that comes in pieces of %i bytes is shown without usage', async (size) => {
    const bytes = Buffer.from(withUsage);
    const cuts = Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => i * size);
    const paced = fixture.upstream.sse();
    const response = fixture.call({ body: bodyOf(2) });
    await paced.opened();
    for (const piece of splitBytes(bytes, cuts)) if (piece.length > 0) await paced.send(piece);
    await paced.end();
    expect((await response).text).toBe(plain);
    expect((await ended()).usage).toMatchObject(USED);
  });

  it('passes whole events as they come, and ends where the upstream breaks off', async () => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/completions', headers: fixture.headers(), body: bodyOf(2) });
    await paced.opened();
    await paced.send('data: {"id":"a","choices":[{}],"usage":nu');
    await paced.send('ll}\n\ndata: {"id":"b"');
    await client.sees('data: {"id":"a","choices":[{}]}\n\n');
    await paced.send(',"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}\n\n');
    await paced.send('data: {"id":"c"}\n\n');
    await client.sees('data: {"id":"c"}\n\n');
    await paced.reset();
    await client.closed();
    expect(client.received.includes('"b"')).toBe(false);
    expect((await ended()).usage).toMatchObject({ source: 'provider', figures: { input: 7, output: 3, total: 10 } });
  });

  it('a stream of a revoked token ends with an error event behind a whole event', async () => {
    const token = await fixture.app.token();
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({
      method: 'POST',
      target: '/v1/chat/completions',
      headers: fixture.headers(token),
      body: bodyOf(2),
    });
    await paced.opened();
    await paced.send('data: {"id":"a","usage":null}\n\ndata: {"id":"b"');
    await client.sees('data: {"id":"a"}\n\n');
    await fixture.app.manage('DELETE', `/manage/tokens/${token.id}`);
    const { text, truncated } = await client.response();
    expect([text.startsWith('data: {"id":"a"}\n\nevent: error\ndata: {"error"'), truncated]).toEqual([true, true]);
  });

  it('the official client gets the chunks that it gets without it', async () => {
    const client = new OpenAI({ apiKey: fixture.token.token, baseURL: `${fixture.app.url}/v1`, maxRetries: 0 });
    const messages = [{ role: 'user' as const, content: 'Hello ☕' }];
    const chunks: unknown[] = [];
    for await (const chunk of await client.chat.completions.create({ model: 'a', messages, stream: true }))
      chunks.push(chunk);
    const expected = chatEvents({ model: 'a' }).slice(0, -1);
    expect(chunks).toEqual(expected.map((event) => JSON.parse(event.slice('data: '.length)) as unknown));
    expect((await ended()).usage).toMatchObject(USED);

    const asked = client.chat.completions.stream({ model: 'a', messages, stream_options: { include_usage: true } });
    expect(await asked.totalUsage()).toMatchObject({ total_tokens: 15 });
  });
});

describe('stream_usage: inject, beside other rules', () => {
  const rules = { stream_usage: 'inject', param_whitelist: { model: ['a'] } };
  const fixture = policyFixture(oneProvider(rules), { STREAM_USAGE: 'require' });
  openAi(fixture);

  it.each([2, 500_000])('a body of %i bytes is checked and changed', async (size) => {
    const body = `{"model":"a",${bodyOf(size).slice(1)}`;
    expect((await fixture.call({ body })).text).toBe(chatEvents({ model: 'a' }).join(''));
    expect((await fixture.upstream.nextRequest()).text === askingBody(body)).toBe(true);
    const chunked = await inChunks(fixture, body);
    expect(chunked.text).toBe(chatEvents({ model: 'a' }).join(''));
  });
});

describe('STREAM_USAGE=inject with OBSERVABILITY_ENABLED=false', () => {
  const fixture = ProxyFixture.forTests({ STREAM_USAGE: 'inject', OBSERVABILITY_ENABLED: 'false' });
  openAi(fixture);

  it('changes nothing, because nothing reads usage', async () => {
    expect((await fixture.call({ body: bodyOf(2) })).text).toBe(plain);
    expect((await fixture.upstream.nextRequest()).text).toBe(bodyOf(2));
  });
});

describe('STREAM_USAGE=inject with MAX_REQUEST_SIZE', () => {
  const fixture = ProxyFixture.forTests({ STREAM_USAGE: 'inject', MAX_REQUEST_SIZE: '100KB' });
  openAi(fixture);

  it('refuses a body in chunks that is too large, before a byte goes upstream', async () => {
    const response = await inChunks(fixture, bodyOf(300_000));
    expect([response.status, codeOf(response), fixture.bytesUpstream]).toEqual([413, 'body_too_large', 0]);
  });
});
