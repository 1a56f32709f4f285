import { existsSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { createClient } from 'redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MariadbServer } from './mariadb.server.js';
import type { OwnServer, ServerOptions } from './own.server.js';
import { PostgresServer } from './postgres.server.js';
import { RedisServer } from './redis.server.js';

/** One connection of the server's own client. */
interface Session {
  /** Counts one up; the count. */
  count(): Promise<number>;
  end(): void;
}

async function postgresSession(url: string): Promise<Session> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const insert = 'CREATE TABLE IF NOT EXISTS counted (); INSERT INTO counted DEFAULT VALUES';
  return {
    async count() {
      await client.query(insert);
      return (await client.query('SELECT * FROM counted')).rowCount!;
    },
    end: () => void client.end(),
  };
}

async function mariadbSession(url: string): Promise<Session> {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  connection.on('error', () => undefined);
  const insert = 'CREATE TABLE IF NOT EXISTS counted (id int); INSERT INTO counted VALUES (1)';
  return {
    async count() {
      await connection.query(insert);
      const [rows] = await connection.query('SELECT * FROM counted');
      return (rows as unknown[]).length;
    },
    end: () => connection.destroy(),
  };
}

async function redisSession(url: string): Promise<Session> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  return { count: () => client.incr('counted'), end: () => client.destroy() };
}

interface Kind {
  isInstalled(): boolean;
  start(options: ServerOptions): Promise<OwnServer>;
}

const KINDS: readonly (readonly [string, Kind, (url: string) => Promise<Session>])[] = [
  ['PostgreSQL', PostgresServer, postgresSession],
  ['MariaDB', MariadbServer, mariadbSession],
  ['Redis', RedisServer, redisSession],
];

describe.each(KINDS)('%s of our own', (_, kind, connect) => {
  const start = async (options: ServerOptions = {}): Promise<OwnServer> => {
    const server = await kind.start(options);
    onTestFinished(() => server.stop());
    return server;
  };
  const session = async (server: OwnServer): Promise<Session> => {
    const opened = await connect(server.url);
    onTestFinished(() => opened.end());
    return opened;
  };

  it.skipIf(!kind.isInstalled())('is killed, and back on the same port with what it had confirmed', async () => {
    const server = await start({ durable: true });
    const { url } = server;
    const before = await session(server);
    expect([await before.count(), await before.count()]).toEqual([1, 2]);
    await server.kill();
    await expect(before.count()).rejects.toThrow();
    await expect(connect(url)).rejects.toThrow();
    await server.restart();
    expect(server.url).toBe(url);
    expect(await (await session(server)).count()).toBe(3);
    await server.restart();
    expect(await (await session(server)).count()).toBe(4);
  });

  it.skipIf(!kind.isInstalled())('freezes with its connections, and goes on', async () => {
    const server = await start();
    const open = await session(server);
    expect(await open.count()).toBe(1);
    server.freeze();
    let answered = false;
    const counting = open.count().finally(() => (answered = true));
    // Another server lives meanwhile, and its answers come.
    expect(await (await session(await start())).count()).toBe(1);
    expect(answered).toBe(false);
    server.thaw();
    expect(await counting).toBe(2);
    server.freeze();
    await server.kill();
    await server.restart();
  });

  it.skipIf(!kind.isInstalled())('leaves nothing when stopped', async () => {
    const server = await kind.start({});
    expect(existsSync(server.folder)).toBe(true);
    await server.stop();
    expect(existsSync(server.folder)).toBe(false);
    await expect(connect(server.url)).rejects.toThrow();
  });
});
