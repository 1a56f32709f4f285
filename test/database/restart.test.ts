import { afterEach, describe, expect, it } from 'vitest';
import { TestApp, UPSTREAM_KEY } from '../support/app.js';
import { RawClient } from '../support/raw.client.js';
import { RecordingUpstream } from '../support/recording.upstream.js';

describe('a restart', () => {
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  it('keeps projects, tokens, their states and their counts', async () => {
    const upstream = await RecordingUpstream.start();
    let app = await TestApp.start({ OPENAI_API_URL: upstream.baseUrl });
    opened.push(
      () => app.close(),
      () => upstream.close(),
    );
    const call = async (token: string) =>
      (await fetch(`${app.url}/v1/models`, { headers: { authorization: `Bearer ${token}` } })).headers.get(
        'x-proxy-error',
      ) ?? 'passed';
    const everything = async () => ({
      projects: await (await app.manage('GET', '/manage/projects?includeDeleted=true')).json(),
      tokens: await (await app.manage('GET', '/manage/tokens')).json(),
    });

    const [free, capped, revoked] = [await app.token(), await app.token({ max_requests: 3 }), await app.token()];
    await app.manage('DELETE', `/manage/projects/${(await app.project()).id}`);
    await app.manage('DELETE', `/manage/tokens/${revoked.id}`);
    for (let i = 0; i < 7; i += 1) expect(await call(free.token)).toBe('passed');
    for (let i = 0; i < 2; i += 1) expect(await call(capped.token)).toBe('passed');
    const before = await everything();
    app = await app.restart();

    const after = await everything();
    expect(after.projects).toEqual(before.projects);
    expect(await app.tokenById(free.id)).toMatchObject({ request_count: 7, last_used_at: expect.any(String) });
    expect(await app.tokenById(capped.id)).toMatchObject({ request_count: 2, remaining_requests: 1 });
    expect([await call(free.token), await call(revoked.token)]).toEqual(['passed', 'token_inactive']);
    expect([await call(capped.token), await call(capped.token)]).toEqual(['passed', 'token_exhausted']);
    expect(upstream.requests.every((request) => request.header('authorization') === `Bearer ${UPSTREAM_KEY}`)).toBe(
      true,
    );
    expect(upstream.requests).toHaveLength(11);
  });

  it('loses no count of an uncapped token that was not written yet', async () => {
    const upstream = await RecordingUpstream.start();
    let app = await TestApp.start({ OPENAI_API_URL: upstream.baseUrl });
    opened.push(
      () => app.close(),
      () => upstream.close(),
    );
    const { id, token } = await app.token();
    const client = await RawClient.connect(app.port);
    for (let i = 0; i < 20; i += 1) {
      await client.send({ target: '/v1/models', headers: { Authorization: `Bearer ${token}` } });
      expect((await client.response()).status).toBe(200);
    }
    client.destroy();
    app = await app.restart();
    expect(await app.tokenById(id)).toMatchObject({ request_count: 20 });
  });
});
