import { afterEach, describe, expect, it } from 'vitest';
import type { StreamListView } from '../../src/reporting/streams/stream.dto.js';
import { operator } from '../support/operators.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { silence } from '../support/upstream.scenarios.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { echo } from '../support/websocket.upstream.js';
import { RunningRequests, streamsAt } from './running.requests.js';

describe('what runs now', () => {
  const fixture = ProxyFixture.forTests();
  let running: RunningRequests;
  const begin = (): RunningRequests => (running = new RunningRequests(fixture.app));
  afterEach(() => running.close());

  it('is a plain request, with its token, model, bytes and the time of its beginning', async () => {
    fixture.upstream.once(silence());
    const token = await fixture.app.token({ name: 'nightly' });
    const before = Date.now();
    await begin().send(token.token, '/v1/responses?q=secret', '{"model":"gpt-4o","input":"hi"}');
    const [stream] = await running.seen(token.project_id);
    expect(stream).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      request_id: expect.any(String),
      token_id: token.id,
      token_name: 'nightly',
      project_id: token.project_id,
      replica: expect.stringMatching(/\/\d+$/),
      kind: 'http',
      method: 'POST',
      path: '/v1/responses',
      model: 'gpt-4o',
      started_at: expect.any(String),
      bytes_in: 31,
      bytes_out: 0,
    });
    expect(Math.abs(Date.parse(stream!.started_at) - before)).toBeLessThan(5000);
  });

  it('is an event stream, with the bytes so far, and gone at its end', async () => {
    const paced = fixture.upstream.sse();
    const token = await fixture.app.token();
    const client = await begin().send(token.token);
    await paced.send('data: 1\n\n');
    await client.sees('data: 1\n\n');
    const [stream] = await running.seen(token.project_id);
    expect(stream).toMatchObject({ kind: 'sse', bytes_out: 9, token_name: expect.stringMatching(/^sk-wt-.*…/) });
    await paced.end();
    await client.response();
    expect(await running.seen(token.project_id, 0)).toEqual([]);
  });

  it('is a WebSocket', async () => {
    fixture.upstream.once(echo());
    const token = await fixture.app.token();
    const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers(token)]);
    await client.answer();
    const [stream] = await begin().seen(token.project_id);
    expect(stream).toMatchObject({ kind: 'websocket', method: 'GET', path: '/v1/realtime' });
    client.socket.destroy();
    await running.seen(token.project_id, 0);
  });

  it('is no management call, and none without a token', async () => {
    begin();
    expect(await streamsAt(fixture.app)).toEqual({ streams: [], truncated: false, silent: [] });
  });

  it('is told by token and by project, the newest first', async () => {
    fixture.upstream.reply(silence());
    const [one, other] = [await fixture.app.token(), await fixture.app.token()];
    begin();
    await running.send(one.token);
    await running.seen(one.project_id);
    await running.send(other.token);
    await running.seen(other.project_id);
    const tokens = async (query: string) => (await streamsAt(fixture.app, query)).streams.map((s) => s.token_id);
    expect(await tokens('')).toEqual([other.id, one.id]);
    expect(await tokens(`?token_id=${one.id.toUpperCase()}`)).toEqual([one.id]);
    expect(await tokens(`?project_id=${other.project_id}`)).toEqual([other.id]);
    expect(await tokens(`?token_id=${one.id}&project_id=${other.project_id}`)).toEqual([]);
  });

  it('is told to an operator of its projects only', async () => {
    fixture.upstream.reply(silence());
    const [own, other] = [await fixture.app.token(), await fixture.app.token()];
    const { token } = await operator(fixture.app, { role: 'viewer', projects: [own.project_id] });
    begin();
    for (const { token: secret } of [own, other]) await running.send(secret);
    for (const { project_id: id } of [own, other]) await running.seen(id);
    const seen = async (query: string): Promise<string[]> => {
      const response = await fixture.app.manage('GET', `/manage/streams${query}`, undefined, token);
      return ((await response.json()) as StreamListView).streams.map(({ token_id: id }) => id);
    };
    expect(await seen('')).toEqual([own.id]);
    expect(await seen(`?token_id=${other.id}`)).toEqual([]);
    expect(await seen(`?project_id=${other.project_id}`)).toEqual([]);
  });

  it('is cut at 500, and says so', async () => {
    fixture.upstream.reply(silence());
    const token = await fixture.app.token();
    begin();
    await Promise.all(Array.from({ length: 501 }, () => running.send(token.token)));
    await fixture.upstream.until('501 requests', () => fixture.upstream.requests.length === 501, 20_000);
    const { streams, truncated } = await streamsAt(fixture.app, `?token_id=${token.id}`);
    expect([streams.length, truncated]).toEqual([500, true]);
    expect(new Set(streams.map(({ id }) => id)).size).toBe(500);
    const times = streams.map(({ started_at: at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('refuses an id that is none', async () => {
    begin();
    const response = await fixture.app.manage('GET', '/manage/streams?token_id=abc');
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'validation_failed', details: [{ field: 'token_id' }] },
    ]);
  });
});
