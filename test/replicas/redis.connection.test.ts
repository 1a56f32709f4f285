import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { RedisConnection, RedisDown } from '../../src/redis/redis.connection.js';
import { MANAGEMENT_TOKEN, until } from '../support/app.js';
import { redisClient } from '../support/redis.client.js';
import { RedisServer } from '../support/redis.server.js';

function connect(url: string, timeout = '1s'): RedisConnection {
  const { config } = loadConfig({ MANAGEMENT_TOKEN, REDIS_URL: url, REDIS_COMMAND_TIMEOUT: timeout });
  const connection = new RedisConnection(config);
  connection.onModuleInit();
  return connection;
}

const ping = (connection: RedisConnection): Promise<unknown> => connection.run((client) => client.ping());

describe.skipIf(!RedisServer.isInstalled())(RedisConnection.name, () => {
  let server: RedisServer;
  const open: RedisConnection[] = [];
  const connected = async (): Promise<RedisConnection> => {
    const connection = connect(server.url);
    open.push(connection);
    await until('Redis answers', () => connection.isUp);
    return connection;
  };
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });
  afterAll(async () => server.stop());

  it('RD-02 fails at once while Redis is dead, and is there again when Redis is', async () => {
    const connection = await connected();
    await server.kill();
    await expect(ping(connection)).rejects.toThrow(RedisDown);
    expect(connection.isUp).toBe(false);
    await expect(ping(connection)).rejects.toThrow(RedisDown);
    await server.restart();
    await until('Redis answers again', () => connection.isUp);
    expect(await ping(connection)).toBe('PONG');
  });

  it('RD-02 gives up a command without a reply, and all that wait with it', async () => {
    const connection = await connected();
    server.freeze();
    const asked = await Promise.allSettled([ping(connection), ping(connection)]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(connection.isUp).toBe(false);
    server.thaw();
    await until('Redis answers again', () => connection.isUp);
  });

  it('RD-07 notices a silent connection without a command that waits for it', async () => {
    const connection = await connected();
    server.freeze();
    await until('the silence is noticed', () => !connection.isUp);
    await expect(ping(connection)).rejects.toThrow(RedisDown);
    server.thaw();
    await until('Redis answers again', () => connection.isUp);
  });

  it('RD-05 is down while Redis has no room to write, and up when it has', async () => {
    const connection = await connected();
    await connection.run((client) => client.configSet({ 'maxmemory-policy': 'noeviction', maxmemory: '1' }));
    await expect(connection.run((client) => client.set('some', 'thing'))).rejects.toThrow(RedisDown);
    const other = await redisClient(server.url);
    await other.configSet('maxmemory', '0');
    other.destroy();
    await until('Redis can be written again', () => connection.isUp);
  });

  it('delivers messages of other connections, and goes on after Redis died', async () => {
    const connection = await connected();
    const heard: string[] = [];
    let ups = 0;
    const subscription = connection.subscribe('news', {
      onMessage: (message) => heard.push(message),
      onUp: () => (ups += 1),
    })!;
    await until('it listens', () => subscription.isLive);
    await connection.run((client) => client.publish('news', 'first'));
    await until('it is heard', () => heard.includes('first'));
    await server.kill();
    await until('the silence is noticed', () => !subscription.isLive);
    await server.restart();
    await until('both are back', () => subscription.isLive && connection.isUp);
    expect(ups).toBe(2);
    await connection.run((client) => client.publish('news', 'second'));
    await until('it is heard', () => heard.includes('second'));
  });

  it('passes the error of a wrong type on to the caller', async () => {
    const connection = await connected();
    await connection.run((client) => client.set('text', 'plain'));
    await expect(connection.run((client) => client.hGetAll('text'))).rejects.toThrow(/^WRONGTYPE/);
    expect(connection.isUp).toBe(true);
  });

  it('is not configured without REDIS_URL', async () => {
    const { config } = loadConfig({ MANAGEMENT_TOKEN });
    const connection = new RedisConnection(config);
    connection.onModuleInit();
    expect([connection.isConfigured, connection.isUp]).toEqual([false, false]);
    expect(connection.subscribe('news', { onMessage: () => undefined })).toBeUndefined();
    await expect(ping(connection)).rejects.toThrow(RedisDown);
    await connection.close();
  });
});
