import { createConnection } from 'mysql2/promise';
import { DataSource } from 'typeorm';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Variables } from '../../src/config/values/variables.js';
import { DurabilityWatch } from '../../src/database/durability.watch.js';
import { TestApp, until } from '../support/app.js';
import { freshFile, freshMysql, freshPostgres } from '../support/databases.js';
import { MariadbServer } from '../support/mariadb.server.js';
import { PostgresServer } from '../support/postgres.server.js';

const STRICT = { DATABASE_DURABILITY: 'strict' };
const durability = async ({ url }: TestApp) => {
  const report = (await (await fetch(`${url}/health`)).json()) as { checks: { durability: string } };
  return report.checks.durability;
};
const refusal = (why: RegExp) => ({ exitCode: 78, problems: expect.arrayContaining([expect.stringMatching(why)]) });
const started = async (variables: Variables, look: (app: TestApp) => Promise<void>): Promise<void> => {
  const app = await TestApp.start(variables);
  await until('it is ready', async () => (await fetch(`${app.url}/ready`)).status === 200);
  try {
    await look(app);
  } finally {
    await app.close();
  }
};

describe.skipIf(inject('postgres') === null)('a PostgreSQL that may forget what it acknowledges', () => {
  let server: PostgresServer;
  beforeAll(async () => void (server = await PostgresServer.start({ args: ['-c', 'synchronous_commit=off'] })));
  afterAll(() => server.stop());
  const fresh = () => freshPostgres(server.url);
  const run = async (sql: string) => {
    const client = new Client(server.url);
    await client.connect();
    await client.query(sql);
    await client.end();
  };

  it('A1 ends the start when fsync is off, with the words to change it and the other choice', async () => {
    const { variables } = await fresh();
    const start = () => TestApp.start({ ...variables, ...STRICT });
    await expect(start()).rejects.toMatchObject(refusal(/fsync is off: ALTER SYSTEM SET fsync = on/));
    await expect(start()).rejects.toMatchObject(refusal(/DATABASE_DURABILITY=relaxed/));
  });

  it('A1 is used when that is accepted, which the log and /health say', async () => {
    const { variables } = await fresh();
    await started(variables, async (app) => {
      expect(await durability(app)).toBe('relaxed');
      expect(app.log).toMatch(/"level":"warn".*the database may forget what it acknowledges.*fsync is off/);
    });
  });

  it.each(['server', 'database', 'role', 'URL'])(
    'A1 commits synchronously in every session, whatever the %s says',
    async (where) => {
      const { variables } = await fresh();
      const url = new URL(variables['DATABASE_URL']!);
      if (where === 'database') await run(`ALTER DATABASE ${url.pathname.slice(1)} SET synchronous_commit = off`);
      if (where === 'role') await run(`ALTER ROLE postgres SET synchronous_commit = off`);
      if (where === 'URL') url.searchParams.set('options', '-c synchronous_commit=off');
      await started({ ...variables, DATABASE_URL: url.href }, async (app) => {
        const [row] = await app.running.app.get(DataSource).query('SHOW synchronous_commit');
        expect(row).toEqual({ synchronous_commit: 'on' });
        expect(app.log).not.toContain('synchronous_commit is off');
      });
      await run(`ALTER ROLE postgres RESET synchronous_commit`);
    },
  );

  it('A1 keeps a setting that waits for standbys longer', async () => {
    const { variables } = await fresh();
    const url = new URL(variables['DATABASE_URL']!);
    url.searchParams.set('options', '-c synchronous_commit=remote_apply');
    await started({ ...variables, DATABASE_URL: url.href }, async (app) => {
      const [row] = await app.running.app.get(DataSource).query('SHOW synchronous_commit');
      expect(row).toEqual({ synchronous_commit: 'remote_apply' });
    });
  });

  it('A1 is noticed when a table becomes unlogged', async () => {
    const { variables } = await fresh();
    await started(variables, async (app) => {
      await app.running.app.get(DataSource).query('ALTER TABLE changes SET UNLOGGED');
      await app.running.app.get(DurabilityWatch).look();
      expect(app.log).toContain('unlogged_tables is changes');
    });
  });
});

describe.skipIf(inject('mariadb') === null)('a MariaDB that may forget what it acknowledges', () => {
  let server: MariadbServer;
  beforeAll(async () => {
    const args = ['--log-bin=binlog', '--server-id=1', '--sync-binlog=1', '--binlog-format=ROW'];
    server = await MariadbServer.start({ durable: true, args });
  });
  afterAll(() => server.stop());
  const fresh = async () => {
    const { variables } = await freshMysql(server.url);
    return { ...variables, ...STRICT };
  };
  const run = async (sql: string) => {
    const connection = await createConnection(server.url);
    await connection.query(sql);
    await connection.end();
  };

  it('A1 starts on one that keeps its commits', async () => {
    await started(await fresh(), async (app) => {
      expect(await durability(app)).toBe('full');
    });
  });

  it.each([
    ['innodb_flush_log_at_trx_commit', '0', '1'],
    ['innodb_flush_log_at_trx_commit', '2', '1'],
    ['sync_binlog', '0', '1'],
    ['sync_binlog', '100', '1'],
  ])('A1 ends the start with the words to change it: %s=%s', async (name, harmful, right) => {
    const variables = await fresh();
    await run(`SET GLOBAL ${name} = ${harmful}`);
    const start = TestApp.start(variables);
    await expect(start).rejects.toMatchObject(refusal(new RegExp(`${name} is ${harmful}: SET GLOBAL ${name} = 1`)));
    await started({ ...variables, DATABASE_DURABILITY: 'relaxed' }, async (app) => {
      expect(await durability(app)).toBe('relaxed');
    });
    await run(`SET GLOBAL ${name} = ${right}`);
  });

  it('A1 is noticed when it changes under a running server: reported, and in use', async () => {
    await started(await fresh(), async (app) => {
      const watch = app.running.app.get(DurabilityWatch);
      await run('SET GLOBAL innodb_flush_log_at_trx_commit = 0');
      await watch.look();
      await watch.look();
      expect(await durability(app)).toBe('relaxed');
      expect(app.log.match(/"level":"error"[^\n]*innodb_flush_log_at_trx_commit is 0/g)).toHaveLength(1);
      expect((await fetch(`${app.url}/ready`)).status).toBe(200);
      await run('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
      await watch.look();
      expect(await durability(app)).toBe('full');
      expect(app.log).toContain('keeps what it acknowledges again');
    });
  });

  it('A16 is refused in words while binlog_format is STATEMENT, also where the rest is accepted', async () => {
    const variables = await fresh();
    await run('SET GLOBAL binlog_format = STATEMENT');
    for (const DATABASE_DURABILITY of ['strict', 'relaxed'])
      await expect(TestApp.start({ ...variables, DATABASE_DURABILITY })).rejects.toMatchObject(
        refusal(/binlog_format is STATEMENT: SET GLOBAL binlog_format = ROW/),
      );
    await run('SET GLOBAL binlog_format = MIXED');
    await started(variables, async (app) => {
      expect(await durability(app)).toBe('full');
    });
    await run('SET GLOBAL binlog_format = ROW');
  });
});

describe('a SQLite file', () => {
  it.each([
    ['normal', 1],
    ['full', 2],
  ])('A1 waits for the disk as SQLITE_SYNCHRONOUS=%s says', async (SQLITE_SYNCHRONOUS, synchronous) => {
    const { variables, drop } = await freshFile();
    await started({ ...variables, SQLITE_SYNCHRONOUS }, async (app) => {
      expect(await app.running.app.get(DataSource).query('PRAGMA synchronous')).toEqual([{ synchronous }]);
      expect(await durability(app)).toBeUndefined();
    });
    await drop();
  });
});
