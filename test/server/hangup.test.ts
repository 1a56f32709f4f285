import { once } from 'node:events';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { RawClient } from '../support/raw.client.js';
import { BuiltServer } from '../support/built.server.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { until } from '../support/app.js';
import { finish, Workers } from '../support/workers.js';

const TIMEOUT_MS = 90_000;

describe.skipIf(process.platform === 'win32')('a terminal that closes', { timeout: TIMEOUT_MS }, () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  it('lets running requests finish, however often it sends SIGHUP', async () => {
    const upstream = await RecordingUpstream.start();
    const server = await BuiltServer.start({ OPENAI_API_URL: upstream.baseUrl });
    closing.push(
      () => server.stop(),
      () => upstream.close(),
    );
    const stream = upstream.sse();
    const client = await RawClient.connect(server.port);
    const headers = { Authorization: `Bearer ${await server.token()}` };
    await client.send({ method: 'POST', target: '/v1/responses', headers, body: '{}' });
    await stream.opened();
    await stream.event({ n: 1 });
    await client.sees('"n":1');
    const ended = once(server.process, 'exit');
    server.process.kill('SIGHUP');
    await until('the stop', () => server.lines.some((line) => line.includes('1 request is still running')));
    server.process.kill('SIGHUP');
    await stream.event({ n: 2 });
    await client.sees('"n":2');
    await stream.end();
    expect((await client.response()).truncated).toBe(false);
    expect(await ended).toEqual([0, null]);
  });

  it.skipIf(inject('postgres') === null)('is one signal for workers', async () => {
    const fixture = await Workers.start(2, {}, ['setsid']);
    closing.push(() => fixture.close());
    const streams = await fixture.streams(4, (await fixture.token()).token);
    const ended = once(fixture.server.process, 'exit');
    process.kill(-fixture.server.process.pid!, 'SIGHUP');
    await fixture.sees(
      'both to drain',
      () => fixture.entries.filter(({ msg, worker }) => msg === 'stopping' && worker).length === 2,
    );
    expect(await finish(streams)).not.toContain(false);
    expect(await ended).toEqual([0, null]);
  });
});
