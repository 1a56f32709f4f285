import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { MariadbServer } from '../support/mariadb.server.js';
import type { OwnServer } from '../support/own.server.js';
import { PostgresServer } from '../support/postgres.server.js';
import { redisClient } from '../support/redis.client.js';
import { RedisServer } from '../support/redis.server.js';
import { secretForms } from '../support/secret.forms.js';

const DATABASE_PASSWORD = 'database-password-canary-0123456789';
const REDIS_PASSWORD = 'redis-password-canary-0123456789';

interface Login {
  server: OwnServer;
  /** The URL of a database of the user `proxy`, with this password. */
  url(password: string): string;
}

const DRIVERS = {
  postgres: { kind: PostgresServer, login: postgresLogin },
  mysql: { kind: MariadbServer, login: mariadbLogin },
};

describe.each(['postgres', 'mysql'] as const)('SL-01 SL-02 the passwords of %s and of Redis', (driver) => {
  const { kind, login } = DRIVERS[driver];
  describe.skipIf(!kind.isInstalled() || !RedisServer.isInstalled())('appear in no response and in no log line', () => {
    let database: Login;
    let redis: RedisServer;
    let app: TestApp;
    let variables: Record<string, string>;
    const seen: string[] = [];
    const call = async (method: string, path: string, body?: object) => {
      const answer = await app.manage(method, path, body);
      seen.push(`${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`);
      return answer.status;
    };
    const health = async () => ((await (await app.manage('GET', '/health')).json()) as { checks: object }).checks;

    beforeAll(async () => {
      [database, redis] = await Promise.all([login(), RedisServer.start()]);
      const admin = await redisClient(redis.url);
      await admin.sendCommand(['ACL', 'SETUSER', 'proxy', 'on', `>${REDIS_PASSWORD}`, '~*', '&*', '+@all']);
      admin.destroy();
      variables = {
        DB_DRIVER: driver,
        DATABASE_URL: database.url(DATABASE_PASSWORD),
        REDIS_URL: redis.url.replace('//', `//proxy:${REDIS_PASSWORD}@`),
        LOG_LEVEL: 'trace',
      };
      app = await TestApp.start(variables);
    });
    afterAll(async () => {
      await app.close();
      await Promise.all([database.server.stop(), redis.stop()]);
    });

    const expectNone = (text: string): void => {
      const forms = [DATABASE_PASSWORD, REDIS_PASSWORD].flatMap(secretForms);
      expect(forms.filter((form) => text.includes(form))).toEqual([]);
    };

    it('while both serve', async () => {
      await until('Redis is used', async () => JSON.stringify(await health()).includes('"redis":"ok"'));
      expect(await call('GET', '/ready')).toBe(200);
      expect(await call('GET', '/health')).toBe(200);
      expect(await call('POST', '/manage/projects', { name: 'one', api_key: 'sk-key-of-the-upstream' })).toBe(201);
      expect(await call('POST', '/manage/projects', { name: 'one', api_key: 'sk-key-of-the-upstream' })).toBe(409);
      expectNone(seen.join('\n') + app.log);
    });

    it('in the refusal of a wrong one', async () => {
      const wrong = { ...variables, DATABASE_URL: database.url(`${DATABASE_PASSWORD}-no`) };
      const refusal: unknown = await TestApp.start(wrong).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refusal).toBeInstanceOf(Error);
      const { message, stack } = refusal as Error;
      expect(message).toContain('DATABASE_URL');
      expectNone(`${message}\n${stack}`);
    });

    it('when both are gone', async () => {
      await Promise.all([database.server.kill(), redis.kill()]);
      await until('the database is missed', async () => (await call('GET', '/ready')) === 503);
      await until('so is Redis', async () => JSON.stringify(await health()).includes('"redis":"down"'));
      expect(await call('GET', '/manage/projects')).toBe(503);
      await call('GET', '/health');
      expectNone(seen.join('\n') + app.log);
    });
  });
});

/** A server that asks the user `proxy` for its password, and no other user. */
async function postgresLogin(): Promise<Login> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-hba-'));
  const rules = join(folder, 'pg_hba.conf');
  writeFileSync(rules, 'host all proxy 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n');
  // The server may be another user's.
  chmodSync(folder, 0o755);
  const server = await PostgresServer.start({ args: ['-c', `hba_file=${rules}`] });
  rmSync(folder, { recursive: true });
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE USER proxy PASSWORD '${DATABASE_PASSWORD}'`);
  await admin.query('CREATE DATABASE proxy OWNER proxy');
  await admin.end();
  return { server, url: (password) => withLogin(server.url, password) };
}

async function mariadbLogin(): Promise<Login> {
  const server = await MariadbServer.start();
  const admin = await createConnection(server.url);
  await admin.query('CREATE DATABASE proxy');
  await admin.query(`CREATE USER proxy@'127.0.0.1' IDENTIFIED BY '${DATABASE_PASSWORD}'`);
  await admin.query(`GRANT ALL ON proxy.* TO proxy@'127.0.0.1'`);
  await admin.end();
  return { server, url: (password) => withLogin(server.url, password) };
}

function withLogin(server: string, password: string): string {
  const url = new URL(server);
  Object.assign(url, { username: 'proxy', password, pathname: 'proxy' });
  return url.href;
}
