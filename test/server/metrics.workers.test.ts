import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { PrometheusText } from '../support/prometheus.text.js';
import { finish, Workers } from '../support/workers.js';

const TIMEOUT_MS = 90_000;
const CHAT = { route: 'models', method: 'GET' };

describe.skipIf(inject('postgres') === null)('the metrics of several workers', { timeout: TIMEOUT_MS }, () => {
  let fixture: Workers;
  let token: string;
  beforeAll(async () => {
    fixture = await Workers.start(3);
    ({ token } = await fixture.token());
  }, TIMEOUT_MS);
  afterAll(() => fixture.close(), TIMEOUT_MS);

  const scrape = async (): Promise<PrometheusText> => new PrometheusText(await (await fixture.get('/metrics')).text());

  const requests = async (): Promise<number> => (await scrape()).sum('llm_proxy_requests_total', CHAT);

  const call = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) await (await fixture.get('/v1/models', token)).arrayBuffer();
  };

  /** The workers that have served since. */
  const servers = (): Set<unknown> =>
    new Set(
      fixture.entries.flatMap(({ msg, path, worker }) => (msg === 'request' && path === '/v1/models' ? [worker] : [])),
    );

  let total = 0;

  it('are the sum of all, whichever worker is asked', async () => {
    await fixture.sees('each to serve', async () => {
      await call(1);
      total += 1;
      return servers().size === 3;
    });
    // A request is counted after its last byte, which the client may have before.
    await fixture.sees('all to be counted', async () => (await requests()) === total);
    for (let scrapes = 0; scrapes < 12; scrapes += 1) expect(await requests()).toBe(total);
    expect((await scrape()).sum('llm_proxy_build_info')).toBe(1);
  });

  it('have the streams of all', async () => {
    const streams = await fixture.streams(4, token);
    expect((await scrape()).sum('llm_proxy_streams_open')).toBe(4);
    expect(await finish(streams)).toEqual([true, true, true, true]);
    await fixture.sees('all to end', async () => (await scrape()).sum('llm_proxy_streams_open') === 0);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('do not go back when a worker ends by %s', async (signal) => {
    const before = await requests();
    const [worker, pid] = [...fixture.pids].at(-1)!;
    const count = fixture.pids.size;
    process.kill(pid, signal);
    const ends = new Set(['a worker crashed', 'a worker has ended']);
    await fixture.sees('its end', () =>
      fixture.entries.some((entry) => ends.has(entry.msg) && entry.worker === worker),
    );
    await fixture.sees('its replacement', () => fixture.pids.size > count);
    expect(await requests()).toBe(before);
    await call(5);
    await fixture.sees('all to be counted', async () => (await requests()) === before + 5);
  });
});
