import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { ENTITIES } from '../../src/app.entities.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { openForMaintenance } from '../../src/database/data.source.js';
import { MIGRATIONS } from '../../src/database/migration.lists.js';
import { withMigrationLock } from '../../src/database/migration.lock.js';
import { MANAGEMENT_TOKEN, TestApp, until } from '../support/app.js';
import { type FreshStore, onServers, type Store } from '../support/databases.js';

/** How often a migration was written down. */
const applied = async (app: TestApp): Promise<number> =>
  Number((await app.running.app.get(DataSource).query('SELECT count(*) AS n FROM migrations'))[0].n);

const isReady = async (app: TestApp) => (await fetch(`${app.url}/ready`)).status === 200;

/** The first statement of the first migration, and then the death of its process. */
async function leaveHalfDone(store: Store, { variables }: FreshStore): Promise<void> {
  const url = variables['DATABASE_URL']!;
  if (store.driver === 'postgres') {
    const client = new Client(url);
    await client.connect();
    client.on('error', () => undefined);
    await client.query('BEGIN');
    await client.query('CREATE TABLE projects (id varchar(36))');
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    return;
  }
  const connection = await createConnection(url);
  // MySQL keeps what a killed migration has made.
  const { Initial1795000000000: Initial } = await import('../../migrations/mysql/1795000000000-initial.js');
  let statements = 0;
  const runner = { query: async (sql: string) => (statements++ < 2 ? connection.query(sql) : undefined) };
  await new Initial().up(runner as never);
  connection.destroy();
}

onServers('replicas that start on an empty database', (store) => {
  it('PR-11 all serve: one migrates, the others wait', async () => {
    const fresh = await store.fresh();
    const apps = await Promise.all(Array.from({ length: 4 }, async () => TestApp.start(fresh.variables)));
    for (const app of apps) await until('it is ready', () => isReady(app));
    expect(await applied(apps[0]!)).toBe(MIGRATIONS[store.driver as 'postgres' | 'mysql'].length);
    const token = await apps[0]!.token();
    for (const app of apps) expect((await app.tokenById(token.id)).id).toBe(token.id);
    for (const app of apps) await app.close();
    await fresh.drop();
  });

  it('PR-11 go on by themselves when one was killed in the middle of a migration', async () => {
    const fresh = await store.fresh();
    await leaveHalfDone(store, fresh);
    const app = await TestApp.start(fresh.variables);
    await until('it is ready', () => isReady(app));
    expect((await app.token()).id).toBeDefined();
    await app.close();
    await fresh.drop();
  });

  it('wait for one that migrates, not ready, and do not wait for one that dies with the lock', async () => {
    const fresh = await store.fresh();
    const { database } = loadConfig({ MANAGEMENT_TOKEN, ...fresh.variables }).config;
    const other = await openForMaintenance(database, ENTITIES);
    const runner = other.createQueryRunner();
    let die!: () => void;
    const death = new Promise<void>((_, reject) => (die = () => reject(new Error('killed'))));
    const migrating = withMigrationLock(runner, async () => death).catch(() => undefined);
    const app = await TestApp.listening(fresh.variables);
    expect(await isReady(app)).toBe(false);
    expect((await app.manage('GET', '/manage/projects')).status).toBe(503);
    die();
    await migrating;
    await runner.release();
    await other.destroy();
    await until('it is ready', () => isReady(app));
    await app.close();
    await fresh.drop();
  });
});
