import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { redisClient } from '../support/redis.client.js';
import { TestApp, type TokenAnswer, until } from '../support/app.js';
import { codeOf } from '../support/proxy.fixture.js';
import { RawClient } from '../support/raw.client.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { RedisServer } from '../support/redis.server.js';
import { answer, silence } from '../support/upstream.scenarios.js';

describe.skipIf(!RedisServer.isInstalled())('limits in Redis', () => {
  let redis: RedisServer;
  let upstream: RecordingUpstream;
  let apps: TestApp[];
  /** Without limits that apply to every token. */
  let plain: TestApp;

  const variables = { REDIS_COMMAND_TIMEOUT: '2s', DISTRIBUTED_RATE_LIMIT_KEY_SECRET: 'of the tests' };
  const start = (more: Record<string, string> = {}) =>
    TestApp.start({ OPENAI_API_URL: upstream.baseUrl, REDIS_URL: redis.url, ...variables, ...more });
  const redisIs = (state: string) => async (): Promise<boolean> => {
    const reports = await Promise.all([...apps, plain].map((app) => app.manage('GET', '/health')));
    const bodies = (await Promise.all(reports.map((report) => report.json()))) as { checks: { redis: string } }[];
    return bodies.every(({ checks }) => checks.redis === state);
  };

  beforeAll(async () => {
    redis = await RedisServer.start();
    upstream = await RecordingUpstream.start();
    // Two replicas that share nothing but Redis: limits of addresses and of all.
    apps = [await start({ GLOBAL_RATE_LIMIT: '100000', IP_RATE_LIMIT: '20' })];
    apps.push(await start({ GLOBAL_RATE_LIMIT: '100000', IP_RATE_LIMIT: '20' }));
    plain = await start();
  });
  beforeEach(async () => {
    upstream.clear();
    upstream.reply(answer({ status: 200, headers: [], body: '{}' }));
    await until('all are connected', redisIs('ok'));
    const client = await redisClient(redis.url);
    await client.flushAll();
    client.destroy();
  });
  afterAll(async () => {
    await Promise.all([...apps, plain].map((app) => app.close()));
    await upstream.close();
    await redis.stop();
  });

  const ask = async (app: TestApp, token: TokenAnswer): Promise<{ status: number; code: unknown }> => {
    const client = await RawClient.connect(app.port);
    try {
      const headers: [string, string][] = [['Authorization', `Bearer ${token.token}`]];
      await client.send({ method: 'POST', target: '/v1/responses', headers, body: '{}' });
      const response = await client.response();
      return { status: response.status, code: response.status === 200 ? undefined : codeOf(response) };
    } finally {
      client.destroy();
    }
  };
  const tokens = () => Promise.all(apps.map((app) => app.token()));
  const passed = async (times: number): Promise<number> => {
    const [one, other] = await tokens();
    const all = Array.from({ length: times }, (_, i) => ask(apps[i % 2]!, i % 2 === 0 ? one! : other!));
    return (await Promise.all(all)).filter(({ status }) => status === 200).length;
  };

  it('are one limit for all replicas', async () => {
    expect(await passed(60)).toBe(20);
    expect(upstream.requests).toHaveLength(20);
  });

  it('name neither tokens nor addresses in their keys, and all have a lifetime', async () => {
    await passed(2);
    const token = await apps[0]!.token({ max_concurrent: 2, rate_limit_per_minute: 5 });
    upstream.once(silence());
    const client = await RawClient.connect(apps[0]!.port);
    await client.send({ method: 'GET', target: '/v1/models', headers: [['Authorization', `Bearer ${token.token}`]] });
    await upstream.nextRequest();
    const admin = await redisClient(redis.url);
    const keys = (await admin.keys('*')).filter((key) => !key.endsWith('probe'));
    expect(keys.map((key) => key.replace(/[0-9a-f]{24}$/, '…')).toSorted()).toEqual([
      'ratelimit:address:60000:…',
      'ratelimit:all:60000:…',
      'ratelimit:running:…',
      'ratelimit:token:60000:…',
    ]);
    for (const key of keys) expect(await admin.pTTL(key)).toBeGreaterThan(0);
    client.destroy();
    await until('the slot is free', async () => (await admin.keys('ratelimit:running:*')).length === 0);
    admin.destroy();
  });

  it('RD-02 are this replica’s share while Redis is dead, and shared again when it is back', async () => {
    expect(await passed(10)).toBe(10);
    await redis.kill();
    // The first request may find out; none is refused for it.
    const [one, other] = await tokens();
    const alone = await Promise.all(Array.from({ length: 30 }, () => ask(apps[0]!, one!)));
    expect(alone.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(new Set(alone.map(({ code }) => code))).toEqual(new Set([undefined, 'rate_limit_exceeded']));
    await until('all have noticed', redisIs('down'));
    expect((await apps[1]!.manage('GET', '/ready')).status).toBe(200);
    expect((await ask(apps[1]!, other!)).status).toBe(200);
    await redis.restart();
    await until('all are back', redisIs('ok'));
    expect(await passed(60)).toBe(20);
  });

  it('RD-02 delay no request for longer than one command while Redis is frozen', async () => {
    const [token] = await tokens();
    redis.freeze();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(apps[0]!, token!)));
    expect(answers.every(({ code }) => code === undefined || code === 'rate_limit_exceeded')).toBe(true);
    await until('all have noticed', redisIs('down'));
    redis.thaw();
    await until('all are back', redisIs('ok'));
  });

  it('RD-04 begin anew when Redis is emptied, and refuse no request for it', async () => {
    expect(await passed(25)).toBe(20);
    const client = await redisClient(redis.url);
    await client.flushAll();
    await client.scriptFlush();
    client.destroy();
    expect(await passed(25)).toBe(20);
  });

  it('RD-08 put right what others wrote under their keys', async () => {
    await passed(2);
    const client = await redisClient(redis.url);
    for (const key of await client.keys('ratelimit:*')) {
      await client.del(key);
      await client.lPush(key, 'not a hash');
    }
    expect(await passed(30)).toBe(20);
    for (const key of await client.keys('ratelimit:a*')) await client.hSet(key, { nonsense: 'x', '12': '-5' });
    expect(await passed(2)).toBe(0);
    client.destroy();
  });

  it('keep a slot until its release, over a Redis that came back empty', async () => {
    const token = await plain.token({ max_concurrent: 1 });
    upstream.once(silence());
    const client = await RawClient.connect(plain.port);
    await client.send({ method: 'GET', target: '/v1/models', headers: [['Authorization', `Bearer ${token.token}`]] });
    await upstream.nextRequest();
    expect((await ask(plain, token)).code).toBe('concurrency_exceeded');
    await redis.kill();
    await until('it is noticed', redisIs('down'));
    expect((await ask(plain, token)).code).toBe('concurrency_exceeded');
    await redis.restart();
    await until('all are back', redisIs('ok'));
    expect((await ask(plain, token)).code).toBe('concurrency_exceeded');
    client.destroy();
    await until('the slot is free', async () => (await ask(plain, token)).status === 200);
  });

  it('RD-01 with DISTRIBUTED_RATE_LIMIT_FALLBACK=false refuse what they cannot count, and nothing else', async () => {
    const app = await start({ REDIS_URL: 'redis://127.0.0.1:9', DISTRIBUTED_RATE_LIMIT_FALLBACK: 'false' });
    const [limited, free] = [await app.token({ rate_limit_per_minute: 5 }), await app.token()];
    expect(await ask(app, limited)).toEqual({ status: 503, code: 'limits_unavailable' });
    expect(await ask(app, free)).toEqual({ status: 200, code: undefined });
    expect((await app.manage('GET', '/ready')).status).toBe(200);
    expect(app.log.split('Redis cannot be used').length).toBe(2);
    await app.close();
  });
});
