import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { BuiltServer } from '../support/built.server.js';
import { KeptEvents } from '../support/kept.events.js';
import { RecordingUpstream } from '../support/recording.upstream.js';

describe('a server that is killed', () => {
  let upstream: RecordingUpstream;
  let kept: KeptEvents;
  let server: BuiltServer;
  beforeEach(async () => {
    upstream = await RecordingUpstream.start();
    kept = new KeptEvents();
    server = await start();
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await upstream.close();
    kept.drop();
  });

  const start = (more = {}) =>
    BuiltServer.start({
      OPENAI_API_URL: upstream.baseUrl,
      DATABASE_PATH: kept.path,
      DATABASE_DURABILITY: 'relaxed',
      ...more,
    });

  /** A stream that runs at its upstream. */
  async function openStream(token: string): Promise<void> {
    const stream = upstream.sse();
    const headers = { authorization: `Bearer ${token}` };
    fetch(`http://127.0.0.1:${server.port}/v1/chat/completions`, { method: 'POST', headers, body: '{}' }).catch(() => undefined); // prettier-ignore
    await stream.opened();
  }

  it('leaves a `crash` event of each request that ran, written once by the next', async () => {
    const token = await server.token();
    await openStream(token);
    await until('the record of a running request', () => kept.opened().includes('/v1/chat/completions'));
    await server.stop('SIGKILL');
    server = await start();
    await until('the event of the crash', async () => (await kept.read()).length > 0);
    await server.stop('SIGKILL');
    server = await start();
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/models`);
    expect(answer.status).toBe(401);
    await until('an event of the third server', async () => (await kept.read()).length > 1);
    expect(await kept.read()).toMatchObject([
      { kind: 'crash', end: 'crash', path: '/v1/chat/completions', usage: { source: 'none', reason: 'crash' } },
      { kind: 'request', status: 401 },
    ]);
  });

  it('loses no request that was sent, under strict', async () => {
    await server.stop('SIGKILL');
    server = await start({ EVENT_DURABILITY: 'strict' });
    const token = await server.token();
    // The kill follows the head at once: no tick has passed.
    await openStream(token);
    await server.stop('SIGKILL');
    server = await start();
    await until('the event of the crash', async () => (await kept.read()).length > 0);
    expect(await kept.read()).toMatchObject([{ kind: 'crash' }]);
  });

  it('stores everything before it ends by a signal', async () => {
    const token = await server.token();
    const headers = { authorization: `Bearer ${token}` };
    const url = `http://127.0.0.1:${server.port}/v1/models`;
    const answers = await Promise.all(Array.from({ length: 300 }, () => fetch(url, { headers })));
    await Promise.all(answers.map((answer) => answer.text()));
    expect(await server.stop()).toBe(0);
    const events = await kept.read();
    expect(events.length).toBe(300);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => events[0]!.seq + index));
  });
});
