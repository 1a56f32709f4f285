import { DataSource, type EntityManager } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';

/** TypeORM shares one query runner among all callers of SQLite. The first three tests are the ways in which that lost writes. */
describe('transactions do not mix', () => {
  let app: TestApp;
  let store: DataSource;
  beforeAll(async () => {
    app = await TestApp.start();
    store = app.running.app.get(DataSource);
    await store.query('CREATE TABLE kept (name TEXT PRIMARY KEY)');
  });
  beforeEach(() => store.query('DELETE FROM kept'));
  afterAll(() => app.close());

  const put = (by: { query: (sql: string, values: unknown[]) => Promise<unknown> }, name: string) =>
    by.query('INSERT INTO kept VALUES (?)', [name]);
  const kept = async () =>
    (await store.query<{ name: string }[]>('SELECT name FROM kept ORDER BY name')).map(({ name }) => name);

  /** A transaction that waits for `signal` after its first write. */
  function openTransaction(name: string, end: 'commit' | 'rollback') {
    let go: () => void = () => undefined;
    const signal = new Promise<void>((resolve) => (go = resolve));
    let began: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (began = resolve));
    const done = store
      .transaction(async (manager: EntityManager) => {
        await put(manager, name);
        began();
        await signal;
        if (end === 'rollback') throw new Error('rolled back');
      })
      .catch((error: unknown) => String(error));
    return { started, go, done };
  }

  it('a plain write beside a transaction survives its rollback', async () => {
    const transaction = openTransaction('lost', 'rollback');
    await transaction.started;
    const write = put(store, 'plain');
    transaction.go();
    await Promise.all([write, transaction.done]);
    expect(await kept()).toEqual(['plain']);
  });

  it('a committed transaction beside another survives its rollback', async () => {
    const first = openTransaction('lost', 'rollback');
    await first.started;
    const second = store.transaction((manager) => put(manager, 'second'));
    first.go();
    await Promise.all([first.done, second]);
    expect(await kept()).toEqual(['second']);
  });

  it('no other caller sees a transaction’s writes before it commits', async () => {
    const transaction = openTransaction('first', 'commit');
    await transaction.started;
    const read = kept();
    transaction.go();
    await transaction.done;
    expect(await read).toEqual(['first']);
    const rolledBack = openTransaction('never', 'rollback');
    await rolledBack.started;
    const later = kept();
    rolledBack.go();
    expect(await later).toEqual(['first']);
    await rolledBack.done;
  });

  it('a transaction within a transaction rolls back alone', async () => {
    await store.transaction(async (manager) => {
      await put(manager, 'outer');
      await manager
        .transaction(async (inner) => {
          await put(inner, 'inner');
          throw new Error('inner');
        })
        .catch(() => undefined);
      await put(manager, 'outer again');
    });
    expect(await kept()).toEqual(['outer', 'outer again']);
  });

  it('hundreds at once, a third rolled back, all end right', async () => {
    const work = Array.from({ length: 300 }, (_, i) => {
      const name = String(i).padStart(3, '0');
      if (i % 3 === 0) return put(store, name);
      return store.transaction(async (manager) => {
        await put(manager, name);
        if (i % 3 === 1) throw new Error('rolled back');
      });
    });
    await Promise.allSettled(work);
    expect(await kept()).toEqual(
      Array.from({ length: 300 }, (_, i) => i)
        .filter((i) => i % 3 !== 1)
        .map((i) => String(i).padStart(3, '0')),
    );
  });

  it('a query that bypasses its transaction’s manager fails with a clear error, and blocks no other for good', async () => {
    const forgetful = store.transaction(async (manager) => {
      await put(manager, 'x');
      await put(store, 'y');
    });
    await expect(forgetful).rejects.toThrow('waited too long');
    expect(await kept()).toEqual([]);
  });
});
