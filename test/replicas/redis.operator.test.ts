import type { RedisClientType } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { redisClient } from '../support/redis.client.js';
import { RedisServer } from '../support/redis.server.js';

const PASSWORD = 'redis-password-canary';

describe.skipIf(!RedisServer.isInstalled())('what the log says about Redis', () => {
  let redis: RedisServer;
  let admin: RedisClientType;
  let app: TestApp;
  const start = async (credential: string): Promise<void> => {
    app = await TestApp.start({ REDIS_URL: redis.url.replace('//', `//${credential}@`), REDIS_COMMAND_TIMEOUT: '1s' });
  };
  const state = async (): Promise<string> => {
    const report = (await (await app.manage('GET', '/health')).json()) as { checks: { redis: string } };
    return report.checks.redis;
  };

  beforeAll(async () => {
    redis = await RedisServer.start();
    admin = await redisClient(redis.url);
    await admin.sendCommand(['ACL', 'SETUSER', 'proxy', 'on', `>${PASSWORD}`, '~*', '&*', '+@all']);
  });
  afterEach(() => app.close());
  afterAll(async () => {
    admin.destroy();
    await redis.stop();
  });

  it('RD-05 has a warning where keys of limits may be evicted', async () => {
    await admin.configSet({ maxmemory: '100mb', 'maxmemory-policy': 'volatile-lru' });
    await start(`proxy:${PASSWORD}`);
    await until('it is connected', async () => (await state()) === 'ok');
    expect(app.log).toContain('maxmemory-policy volatile-lru');
    await admin.configSet({ maxmemory: '0', 'maxmemory-policy': 'noeviction' });
  });

  it('has none where they may not', async () => {
    await start(`proxy:${PASSWORD}`);
    await until('it is connected', async () => (await state()) === 'ok');
    expect(app.log).not.toContain('maxmemory');
  });

  it('RD-01 is one warning, without the password, where Redis refuses the login', async () => {
    await start(`proxy:wrong-${PASSWORD}`);
    await until('the warning', () => app.log.includes('Redis cannot be used'));
    expect(app.log).toContain('WRONGPASS');
    expect(app.log).not.toContain(PASSWORD);
    expect(await state()).toBe('down');
    expect((await app.manage('GET', '/ready')).status).toBe(200);
  });
});
