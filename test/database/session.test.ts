import { DataSource } from 'typeorm';
import { describe, expect, inject, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { freshMysql, freshPostgres } from '../support/databases.js';

const postgres = inject('postgres');
const mariadb = inject('mariadb');
const ready = async ({ url }: TestApp) => (await fetch(`${url}/ready`)).status;

describe.skipIf(postgres === null)('the session settings of connections to PostgreSQL', () => {
  it('is their own isolation level; a database that may not be written is not ready', async () => {
    const { variables, drop } = await freshPostgres(postgres!);
    const app = await TestApp.start(variables);
    await until('it is ready', async () => (await ready(app)) === 200);
    const store = app.running.app.get(DataSource);
    const name = new URL(variables['DATABASE_URL']!).pathname.slice(1);
    await store.query(`ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`);
    const other = await TestApp.start(variables);
    await until('it is ready', async () => (await ready(other)) === 200);
    const [{ level }] = await other.running.app
      .get(DataSource)
      .query(`SELECT current_setting('transaction_isolation') AS level`);
    expect(level).toBe('read committed');
    await store.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await store.query(end);
    await until('what it knew of connections is void', async () => (await ready(other)) === 503);
    await app.close();
    await other.close();
    await drop();
  });
});

describe.skipIf(mariadb === null)('the session settings of connections to MariaDB', () => {
  it('is to be closed when they are silent, sooner in a transaction', async () => {
    const { variables, drop } = await freshMysql(mariadb!);
    const app = await TestApp.start(variables);
    await until('it is ready', async () => (await ready(app)) === 200);
    const [row] = await app.running.app
      .get(DataSource)
      .query('SELECT @@wait_timeout AS idle, @@idle_transaction_timeout AS inside, @@tx_isolation AS level');
    expect(row).toEqual({ idle: '90', inside: '9', level: 'READ-COMMITTED' });
    await app.close();
    await drop();
  });
});
