import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { drain } from '../../src/process/server.process.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { TestApp, until } from '../support/app.js';
import { RawClient } from '../support/raw.client.js';
import { RecordingUpstream } from '../support/recording.upstream.js';

describe('draining', () => {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close().catch(() => undefined);
  });

  /** A server that begins to stop while one stream runs. */
  async function stopping(variables: Record<string, string> = {}) {
    const upstream = await RecordingUpstream.start();
    const app = await TestApp.start({ OPENAI_API_URL: upstream.baseUrl, ...variables });
    opened.push(
      () => app.close(),
      () => upstream.close(),
    );
    const { token } = await app.token();
    const send = async (target: string) => {
      const client = await RawClient.connect(app.port);
      opened.push(async () => client.destroy());
      await client.send({ method: 'POST', target, headers: { Authorization: `Bearer ${token}` }, body: '{}' });
      return client;
    };
    const paced = upstream.sse();
    const client = await send('/v1/responses');
    await paced.opened();
    await paced.send('data: 1\n\n');
    await client.sees('data: 1');
    const hurry = new EventTarget();
    const done = drain(app.running, loadConfig(app.variables).config, once(hurry, 'now'));
    return { app, paced, client, send, done, hurry: () => hurry.dispatchEvent(new Event('now')) };
  }

  it('lets a running stream finish, refuses new work, and reports itself not ready', async () => {
    const { app, paced, client, send, done } = await stopping();
    await until('draining', () => app.running.lifecycle.draining);
    const ready = await fetch(`${app.url}/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not_ready', reason: 'draining' }]);
    expect((await fetch(`${app.url}/live`)).status).toBe(200);
    expect(await (await fetch(`${app.url}/health`)).json()).toMatchObject({
      status: 'draining',
      checks: { database: 'ok' },
    });
    const refused = await (await send('/v1/models')).response();
    expect([
      refused.status,
      refused.header('x-proxy-error'),
      refused.header('x-should-retry'),
      refused.header('connection'),
    ]).toEqual([503, 'draining', 'true', 'close']);
    expect((await app.manage('GET', '/manage/projects')).status).toBe(503);
    await paced.send('data: 2\n\n');
    await paced.end();
    const response = await client.response();
    expect([response.truncated, response.text]).toEqual([false, 'data: 1\n\ndata: 2\n\n']);
    await done;
    expect(app.log).toContain('"1 request is still running; waiting up to 120 s; Ctrl-C or SIGTERM ends them now"');
    expect(app.log).not.toContain('and cut');
    await expect(RawClient.connect(app.port)).rejects.toThrow();
  });

  it('cuts what is still running at DRAIN_TIMEOUT, and says so', async () => {
    const { app, client, done } = await stopping({ DRAIN_TIMEOUT: '100ms' });
    await done;
    expect((await client.response()).truncated).toBe(true);
    expect(app.accessLines.find((line) => line['path'] === '/v1/responses')).toMatchObject({
      end: 'drain',
      status: 200,
    });
    expect(app.log).toContain('"1 request is still running and cut"');
  });

  it('is cut short by a second signal', async () => {
    const { client, done, hurry } = await stopping();
    hurry();
    await done;
    expect((await client.response()).truncated).toBe(true);
  });

  it('writes the counts of uncapped tokens before it ends', async () => {
    const { app, paced, done } = await stopping();
    await paced.end();
    await done;
    const again = await TestApp.start(app.variables, app.folder);
    opened.push(() => again.close());
    const [token] = (await (await again.manage('GET', '/manage/tokens')).json()) as { request_count: number }[];
    expect(token?.request_count).toBe(1);
  });

  it('serves on for PRE_STOP_DELAY while it already reports itself not ready', async () => {
    const { app, paced, send, done, hurry } = await stopping({ PRE_STOP_DELAY: '60s' });
    await until('not ready', async () => (await fetch(`${app.url}/ready`)).status === 503);
    expect((await (await send('/v1/moderations')).response()).status).toBe(200);
    await paced.end();
    expect(app.running.lifecycle.draining).toBe(false);
    hurry();
    await done;
    await expect(RawClient.connect(app.port)).rejects.toThrow('ECONNREFUSED');
  });

  it('begins to refuse new work when PRE_STOP_DELAY is over', async () => {
    const { app, paced, send, done } = await stopping({ PRE_STOP_DELAY: '100ms' });
    await until('draining', () => app.running.lifecycle.draining);
    expect((await (await send('/v1/moderations')).response()).header('x-proxy-error')).toBe('draining');
    await paced.end();
    await done;
  });
});
