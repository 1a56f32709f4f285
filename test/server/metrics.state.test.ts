import { afterEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { MetricSources } from '../../src/metrics/metric.sources.js';
import { TestApp, until } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { PrometheusText } from '../support/prometheus.text.js';
import { RedisServer } from '../support/redis.server.js';

const scrape = async (app: TestApp): Promise<PrometheusText> =>
  new PrometheusText(await (await fetch(`${app.url}/metrics`)).text());

onEveryStore('the metrics of the database', (store) => {
  let app: TestApp | undefined;
  let database: FreshStore | undefined;
  afterEach(async () => {
    await app?.close();
    await database?.drop();
  });

  it('count statements, and those that fail', async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    await until('the start', async () => (await fetch(`${app!.url}/ready`)).ok);
    const before = await scrape(app);
    await app.project();
    await expect(app.running.app.get(DataSource, { strict: false }).query('SELECT nonsense')).rejects.toThrow();
    const after = await scrape(app);
    const more = (name: string) => after.sum(name) - before.sum(name);
    expect(more('llm_proxy_store_statements_total')).toBeGreaterThan(2);
    expect(more('llm_proxy_store_errors_total')).toBe(1);
  });
});

describe('the metrics of the state', () => {
  let app: TestApp | undefined;
  afterEach(async () => app?.close());

  it('say whether the server takes requests, and nothing of a Redis that is not there', async () => {
    app = await TestApp.start();
    const ready = await scrape(app);
    expect(ready.sum('llm_proxy_ready')).toBe(1);
    expect(ready.values('llm_proxy_redis_up')).toEqual([]);
    app.running.lifecycle.goAway();
    expect((await scrape(app)).sum('llm_proxy_ready')).toBe(0);
  });

  it.skipIf(!RedisServer.isInstalled())('say whether Redis is in use', async () => {
    const redis = await RedisServer.start();
    app = await TestApp.start({ REDIS_URL: redis.url });
    const isUp = async (): Promise<number> => (await scrape(app!)).sum('llm_proxy_redis_up');
    await until('Redis to be used', async () => (await isUp()) === 1);
    await redis.kill();
    await until('Redis to be missed', async () => (await isUp()) === 0);
    expect((await scrape(app)).sum('llm_proxy_ready')).toBe(1);
    await redis.stop();
  });

  it('have the samples of other rooms, and go on without those that fail', async () => {
    app = await TestApp.start();
    const sources = app.running.app.get(MetricSources, { strict: false });
    sources.add(() => [{ name: 'llm_proxy_events_pending', labels: { sink: 'file' }, value: 7 }]);
    sources.add(async () => Promise.reject(new Error('a source that fails')));
    sources.add(async () => new Promise(() => undefined));
    sources.add(() => [{ name: 'llm_proxy_no_such_metric', labels: {}, value: 1 }]);
    for (let scrapes = 0; scrapes < 2; scrapes += 1) {
      const text = await scrape(app);
      expect(text.values('llm_proxy_events_pending')).toMatchObject([{ labels: { sink: 'file' }, value: 7 }]);
      expect(text.values('llm_proxy_no_such_metric')).toEqual([]);
      expect(text.sum('llm_proxy_build_info')).toBe(1);
    }
    expect(app.log.split('a source of metrics failed').length).toBe(3);
    expect(app.log.split('a sample is not in the catalogue of metrics').length).toBe(2);
  });
});
