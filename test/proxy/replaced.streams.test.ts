import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { onEveryStore } from '../support/databases.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { closeOf, type Frame, OPCODE } from '../support/websocket.frames.js';
import { UpstreamSocket } from '../support/websocket.upstream.js';

const FIRST = 'data: 1\n\n';
/** How far in the future the end is moved, so that a stream is there when it comes. */
const SOON_MS = 700;

const replacer = (fixture: ProxyFixture) => async (id: string, overlap_minutes: number) => {
  const answer = await fixture.app.manage('POST', `/manage/tokens/${id}/replace`, { overlap_minutes });
  expect(answer.status).toBe(201);
  return (await answer.json()) as { id: string; token: string };
};

const endsSoon = async (fixture: ProxyFixture, id: string) => {
  const expires_at = new Date(Date.now() + SOON_MS).toISOString();
  expect((await fixture.app.manage('PATCH', `/manage/tokens/${id}`, { expires_at })).status).toBe(200);
};

/** A stream of which the first event has reached the client. */
const streamer = (fixture: ProxyFixture) => async (token: { token: string }) => {
  const paced = fixture.upstream.sse();
  const client = await fixture.connect();
  await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(token), body: '{}' });
  const request = await paced.opened();
  await paced.send(FIRST);
  await client.sees(FIRST);
  return { paced, client, request };
};

onEveryStore('a running stream of a token that is replaced', (onStore) => {
  const fixture = ProxyFixture.forTests({}, onStore);
  const replace = replacer(fixture);
  const streaming = streamer(fixture);

  it.each([{}, { max_requests: 5 }])('ends at once without an overlap (%o)', async (fields) => {
    const token = await fixture.app.token(fields);
    const { client, request } = await streaming(token);
    await replace(token.id, 0);
    const { text, truncated } = await client.response();
    expect([text.startsWith(FIRST), text.includes('"code":"token_expired"'), truncated]).toEqual([true, true, true]);
    expect((await request.closed()).by).toBe('peer');
    await until('the line', () => fixture.app.accessLines.some((line) => line['token_id'] === token.id));
    const line = fixture.app.accessLines.find((entry) => entry['token_id'] === token.id);
    expect(line).toMatchObject({ end: 'revoked', code: 'token_expired' });
  });

  it('goes on during the overlap, ends with it, and one of the new token goes on', async () => {
    const old = await fixture.app.token();
    const before = await streaming(old);
    const next = await replace(old.id, 60);
    const during = await streaming(old);
    const { paced, client } = await streaming(next);
    await before.paced.send('data: 2\n\n');
    await before.client.sees('data: 2\n\n');
    await endsSoon(fixture, old.id);
    for (const stream of [before, during]) {
      const { text, truncated } = await stream.client.response();
      expect([text.includes('"code":"token_expired"'), truncated]).toEqual([true, true]);
      const { expires_at } = (await fixture.app.tokenById(old.id)) as unknown as { expires_at: string };
      expect(text).toContain(expires_at);
    }
    await paced.send('data: 2\n\n');
    await paced.end();
    expect((await client.response()).text).toBe(`${FIRST}data: 2\n\n`);
  });

  it('that is no stream of events is closed with 1008: a WebSocket', async () => {
    const token = await fixture.app.token();
    const upstream = new UpstreamSocket();
    fixture.upstream.once(upstream.handler);
    const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers(token)]);
    expect((await client.answer()).status).toBe(101);
    await replace(token.id, 0);
    const got = await client.next();
    expect(got?.opcode).toBe(OPCODE.close);
    expect(closeOf(got as Frame)).toMatchObject({ code: 1008, reason: expect.stringContaining('expired') });
  });
});

describe('with STREAM_CUT_ON=never', () => {
  const fixture = ProxyFixture.forTests({ STREAM_CUT_ON: 'never' });

  it('a stream of a token that is replaced goes on', async () => {
    const token = await fixture.app.token();
    const { paced, client } = await streamer(fixture)(token);
    await replacer(fixture)(token.id, 0);
    await paced.send('data: 2\n\n');
    await paced.end();
    expect((await client.response()).text).toBe(`${FIRST}data: 2\n\n`);
  });
});
