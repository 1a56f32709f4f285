import { Agent, request } from 'node:http';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { drain } from '../../src/process/server.process.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { TestApp, until } from '../support/app.js';
import { RawClient } from '../support/raw.client.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { answer } from '../support/upstream.scenarios.js';
import { isAlive, Workers } from '../support/workers.js';

const TIMEOUT_MS = 90_000;

describe('a connection that is kept', () => {
  it('is closed with the first response after /ready says 503, and with those that run at that moment', async () => {
    const upstream = await RecordingUpstream.start();
    const app = await TestApp.start({ OPENAI_API_URL: upstream.baseUrl, PRE_STOP_DELAY: '60s' });
    const { token } = await app.token();
    const ask = { method: 'POST', target: '/v1/responses', headers: { Authorization: `Bearer ${token}` }, body: '{}' };
    const [kept, waiting, streaming] = await Promise.all([1, 2, 3].map(() => RawClient.connect(app.port)));
    upstream.once(answer({ body: 'ok' }));
    await kept!.send(ask);
    expect((await kept!.response()).header('connection')).toBe('keep-alive');
    const stream = upstream.sse();
    await streaming!.send(ask);
    await stream.opened();
    await stream.event({ n: 1 });
    await streaming!.sees('"n":1');
    const held = Promise.withResolvers<void>();
    upstream.once(async (exchange) => {
      await exchange.receiveAll();
      await held.promise;
      await exchange.answer({ body: 'held' });
    });
    await waiting!.send(ask);
    await until('both to run', () => app.running.lifecycle.running === 2);

    const hurry = Promise.withResolvers<void>();
    const done = drain(app.running, loadConfig(app.variables).config, hurry.promise);
    await until('not ready', () => !app.running.lifecycle.ready);
    held.resolve();
    expect((await waiting!.response()).header('connection')).toBe('close');
    upstream.once(answer({ body: 'ok' }));
    await kept!.send(ask);
    const last = await kept!.response();
    expect([last.status, last.header('connection')]).toEqual([200, 'close']);
    await stream.end();
    expect((await streaming!.response()).truncated).toBe(false);
    for (const client of [kept!, waiting!, streaming!]) expect(await client.closed()).toBe('fin');
    hurry.resolve();
    await done;
    await app.close();
    await upstream.close();
  });
});

describe.skipIf(inject('postgres') === null || process.platform === 'win32')('clients that keep connections', () => {
  let fixture: Workers;
  afterEach(() => fixture.close(), TIMEOUT_MS);

  /** Status codes and error codes of all requests, until `stop`. */
  function keepAsking(port: number, token: string, clients: number) {
    const outcomes = new Map<string, number>();
    const agent = new Agent({ keepAlive: true, maxSockets: clients });
    const stopping = new AbortController();
    const once = (): Promise<string> =>
      new Promise((resolve) => {
        const sent = request({ port, agent, path: '/v1/models', headers: { authorization: `Bearer ${token}` } });
        sent.on('response', (response) => {
          response.resume();
          response.once('end', () => resolve(String(response.statusCode)));
          response.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        });
        sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        sent.end();
      });
    const run = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        const outcome = await once();
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    };
    const running = Promise.all(Array.from({ length: clients }, run));
    return {
      outcomes,
      stop: async () => {
        stopping.abort();
        await running;
        agent.destroy();
      },
    };
  }

  // Without a delay a request can cross the FIN of a worker that ends: it is rare, and clients send a GET again.
  it.each([
    ['0s', 0.005],
    ['1s', 0],
  ])(
    'see no failure while workers are replaced, with PRE_STOP_DELAY=%s (share of resets: %s)',
    { timeout: TIMEOUT_MS },
    async (delay, share) => {
      fixture = await Workers.start(2, { PRE_STOP_DELAY: delay, LOG_LEVEL: 'info' });
      fixture.upstream.reply(answer({ body: 'ok' }));
      const { token } = await fixture.token();
      const clients = keepAsking(fixture.server.port, token, 12);
      for (const pid of fixture.pids.values()) {
        process.kill(pid, 'SIGTERM');
        await fixture.sees('it to end', () => !isAlive(pid));
      }
      await clients.stop();
      const { '200': served = 0, ECONNRESET: resets = 0, ...others } = Object.fromEntries(clients.outcomes);
      expect(others).toEqual({});
      expect(served).toBeGreaterThan(100);
      expect(resets).toBeLessThanOrEqual(Math.ceil(served * share));
    },
  );
});
