import { createConnection } from 'mysql2/promise';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshStore, onEveryStore, type Store } from './databases.js';

/** Speaks to a database past the application. Fails when it is not there. */
const RUN: Record<Store['driver'], (store: FreshStore, sql: string) => void | Promise<void>> = {
  sqlite({ variables }, sql) {
    const database = new DatabaseSync(variables['DATABASE_PATH']!);
    try {
      database.exec(sql);
    } finally {
      database.close();
    }
  },
  async postgres({ variables }, sql) {
    const client = new Client({ connectionString: variables['DATABASE_URL']! });
    try {
      await client.connect();
      await client.query(sql);
    } finally {
      await client.end();
    }
  },
  async mysql({ variables }, sql) {
    const connection = await createConnection(variables['DATABASE_URL']!);
    try {
      await connection.query(sql);
    } finally {
      await connection.end();
    }
  },
};

onEveryStore('a fresh store', (store) => {
  const run = async (fresh: FreshStore, sql: string) => RUN[store.driver](fresh, sql);
  const table = 'CREATE TABLE kept (id int)';
  let first: FreshStore;
  let second: FreshStore;
  beforeAll(async () => {
    [first, second] = await Promise.all([store.fresh(), store.fresh()]);
  });
  afterAll(() => second.drop());

  it('names its driver', () => {
    expect(first.variables['DB_DRIVER']).toBe(store.driver);
  });

  it('is empty, and keeps what it is given', async () => {
    await run(first, table);
    await expect(run(first, table)).rejects.toThrow('exists');
    await run(second, table);
  });

  it('is gone when dropped', async () => {
    await first.drop();
    await expect(run(first, table)).rejects.toThrow();
    await run(second, 'DROP TABLE kept');
  });
});
