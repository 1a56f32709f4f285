import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { KeptEvents } from '../support/kept.events.js';
import { RawClient } from '../support/raw.client.js';
import { RecordingUpstream } from '../support/recording.upstream.js';

describe('a store of events that hangs', () => {
  let upstream: RecordingUpstream;
  let kept: KeptEvents;
  let app: TestApp;
  let token: string;
  beforeEach(async () => {
    upstream = await RecordingUpstream.start();
    kept = new KeptEvents();
  });
  afterEach(async () => {
    await app.close();
    await upstream.close();
    kept.drop();
  });

  async function start(durability: 'batched' | 'strict'): Promise<void> {
    const variables = { OPENAI_API_URL: upstream.baseUrl, DATABASE_PATH: kept.path, EVENT_DURABILITY: durability };
    app = await TestApp.start(variables);
    ({ token } = await app.token());
    // The worker has opened the store.
    expect(await call()).toBe(200);
    await until('the first event', async () => (await kept.read()).length === 1);
    upstream.clear();
  }

  async function call(): Promise<number> {
    const client = await RawClient.connect(app.port);
    await client.send({
      method: 'GET',
      target: '/v1/models',
      headers: [['Authorization', `Bearer ${token}`]],
      body: '',
    });
    const { status } = await client.response({ method: 'GET' });
    client.destroy();
    return status;
  }

  it('delays no request, and gets every event later', async () => {
    await start('batched');
    const unlock = kept.lock();
    for (let calls = 0; calls < 5; calls += 1) expect(await call()).toBe(200);
    expect(await kept.read()).toHaveLength(1);
    unlock();
    await until('the events', async () => (await kept.read()).length === 6);
  });

  it('holds requests under strict: nothing goes upstream before their record is stored', async () => {
    await start('strict');
    const before = upstream.bytesReceived;
    const unlock = kept.lock();
    const [first, second] = [call(), call()];
    await until('two requests to run', () => app.running.lifecycle.running === 2);
    // A request that needs no record is served.
    expect((await app.manage('GET', '/manage/tokens')).status).toBe(200);
    expect(upstream.bytesReceived).toBe(before);
    let opened: string[] = [];
    upstream.reply(async (exchange) => {
      opened = kept.opened();
      await exchange.answer({ status: 200, headers: [['content-length', '0']], body: '' });
    });
    unlock();
    expect(await Promise.all([first, second])).toEqual([200, 200]);
    expect(opened).toEqual(['/v1/models', '/v1/models', '/v1/models']);
  });

  it('is opened again by a new worker after the thread has ended', async () => {
    await start('batched');
    await endWorker();
    expect(await call()).toBe(200);
    await until('the event of a new worker', async () => (await kept.read()).length === 2);
    const [first, second] = await kept.read();
    expect(second!.epoch).toBeGreaterThan(first!.epoch);
    expect(app.log).toContain('the events worker has ended and is started again');
  });

  /** As an error in native code would. */
  async function endWorker(): Promise<void> {
    const { Events } = await import('../../src/events/events.js');
    const { thread } = app.running.app.get(Events, { strict: false });
    await (thread as unknown as { worker: { terminate(): Promise<number> } }).worker.terminate();
  }
});
