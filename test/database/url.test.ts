import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { MANAGEMENT_TOKEN, TestApp, until } from '../support/app.js';
import { migrate } from '../support/env.file.js';
import { onServers } from '../support/databases.js';

describe('a DATABASE_URL that is no good', () => {
  it.each([
    ['postgres', 'postgres://u:pw%zz@localhost/db', /is not valid/],
    [
      'postgres',
      'postgres://u:pw@localhost/db?sslmode=verify-full&sslrootcert=/no/such',
      /sslrootcert that cannot be read \(ENOENT\)/,
    ],
    ['mysql', 'mysql://u:pw@localhost/db?ssl=%7Bbad', /must have a JSON object/],
    ['postgres', 'postgres://u:pw/x@localhost/db', /write %2F for \//],
    ['postgres', 'postgres://u:pw?x@localhost/db', /%3F for \?/],
    ['postgres', 'postgres://u:pw@localhost/db?service=mine', /parameter service, which is not supported/],
    ['postgres', 'postgres://u:pw@localhost/db?passfile=/x', /parameter passfile, which is not supported/],
    ['postgres', 'postgres://u:pw@localhost/db?sslmode=on', /one of disable, allow, prefer/],
    ['postgres', 'postgres://u:pw@localhost/db?sslmode=verify-ca', /needs sslrootcert/],
    ['postgres', 'postgres://u:pw@localhost/db?sslmode=require&sslrootcert=system', /sslmode=verify-full/],
    ['postgres', 'postgres://u:pw@a,b/db?target_session_attrs=standby', /must accept writes/],
  ])('is refused at the start, without a password in the line: %s %s', (DB_DRIVER, DATABASE_URL, why) => {
    const load = () => loadConfig({ MANAGEMENT_TOKEN, DB_DRIVER, DATABASE_URL });
    expect(load).toThrow(why);
    expect(load).not.toThrow(/pw/);
  });

  it('may be written in capitals', () => {
    const load = () =>
      loadConfig({ MANAGEMENT_TOKEN, DB_DRIVER: 'postgres', DATABASE_URL: 'POSTGRES://u@localhost/db' });
    expect(load).not.toThrow();
  });
});

describe.skipIf(inject('postgres') === null)('a PostgreSQL that no waiting mends', () => {
  it.each([
    ['-c search_path=nosuch', /3F000/],
    ['-c default_transaction_read_only=on', /25006/],
  ])('ends the start with the reason: %s', async (options, why) => {
    const url = new URL(inject('postgres')!);
    url.searchParams.set('options', options);
    const start = TestApp.start({ DB_DRIVER: 'postgres', DATABASE_URL: url.href });
    await expect(start).rejects.toMatchObject({ exitCode: 78, problems: [expect.stringMatching(why)] });
  });
});

onServers('tables of another program', (store) => {
  it('end a migration and a start with the reason, and stay as they are', async () => {
    const { variables, drop } = await store.fresh();
    const run = async (sql: string): Promise<void> => {
      if (store.driver === 'postgres') {
        const client = new Client(variables['DATABASE_URL']);
        await client.connect();
        await client.query(sql);
        await client.end();
        return;
      }
      const connection = await createConnection(variables['DATABASE_URL']!);
      await connection.query(sql);
      await connection.end();
    };
    await run('CREATE TABLE tokens (a int)');
    const up = await migrate(['up'], variables);
    expect([up.code === 0, up.stdout]).toEqual([false, '']);
    expect((await migrate(['status'], variables)).code).toBe(1);
    await expect(TestApp.start(variables)).rejects.toMatchObject({ exitCode: 78 });
    await run('SELECT a FROM tokens');
    await drop();
  });
});

onServers('a database that is made anew under a running server', (store) => {
  it('is noticed: what it knew is forgotten, and changes can be made', async () => {
    const { variables, drop } = await store.fresh();
    const app = await TestApp.start({ ...variables, OPENAI_API_URL: 'http://127.0.0.1:1' });
    const call = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${app.url}/v1/models`, { headers })).headers.get('x-proxy-error');
    };
    const before = await app.token();
    expect(await call(before.token)).toBe('upstream_unreachable');
    const { DataSource } = await import('typeorm');
    const { dialectOf } = await import('../../src/database/dialect/dialect.js');
    const dataSource = app.running.app.get(DataSource);
    expect(dialectOf(dataSource)).toBe(store.driver);
    for (const table of ['tokens', 'projects', 'changes', 'revisions', 'replicas'])
      await dataSource.query(`DELETE FROM ${table}`);
    await until('it is forgotten', async () => (await call(before.token)) === 'token_not_found');
    const after = await app.token();
    expect(await call(after.token)).toBe('upstream_unreachable');
    expect((await app.manage('DELETE', `/manage/tokens/${after.id}?wait=replicas`)).status).toBe(204);
    expect(await call(after.token)).toBe('token_inactive');
    await until('it is on the roll again', async () => {
      const health = (await (await fetch(`${app.url}/health`)).json()) as { replicas: unknown[] };
      return health.replicas.length === 1;
    });
    await app.close();
    await drop();
  });
});
