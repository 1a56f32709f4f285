import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { BuiltServer } from '../support/built.server.js';
import { onServers, type Store } from '../support/databases.js';
import { TcpProxy } from '../support/tcp.proxy.js';

/** A session on the database of a test. */
async function session(store: Store, url: string) {
  if (store.driver === 'postgres') {
    const client = new Client(url);
    await client.connect();
    return { run: async (sql: string) => (await client.query(sql)).rows as unknown[], end: () => client.end() };
  }
  const connection = await createConnection(url);
  return { run: async (sql: string) => (await connection.query(sql))[0] as unknown[], end: () => connection.end() };
}

const ready = async ({ port }: { port: number }) => (await fetch(`http://127.0.0.1:${port}/ready`)).status;

onServers('a server whose database is being opened', (store) => {
  const WAITING =
    store.driver === 'postgres'
      ? `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
      : `SELECT 1 FROM information_schema.processlist WHERE db = database() AND state LIKE 'Waiting for table%'`;
  const LOCK = store.driver === 'postgres' ? 'BEGIN; LOCK TABLE replicas' : 'LOCK TABLES replicas WRITE';

  it('stops on request while another session has the lock that it waits for', async () => {
    const { variables, drop } = await store.fresh();
    await (await TestApp.start(variables)).close();
    const other = await session(store, variables['DATABASE_URL']!);
    await other.run(LOCK);
    // No statement limit of the server's comes to help.
    const server = await BuiltServer.start({ ...variables, DATABASE_STATEMENT_TIMEOUT: '10m' });
    expect(await ready(server)).toBe(503);
    expect(await server.stop()).toBe(0);
    await other.end();
    await drop();
  });

  it('goes on when the other session ends', async () => {
    const { variables, drop } = await store.fresh();
    await (await TestApp.start(variables)).close();
    const other = await session(store, variables['DATABASE_URL']!);
    await other.run(LOCK);
    const app = await TestApp.listening(variables);
    await until('a try was given up', () => app.log.includes('cannot be opened yet'));
    expect(await ready(app)).toBe(503);
    await other.end();
    await until('it is ready', async () => (await ready(app)) === 200);
    await app.close();
    await drop();
  });

  it('becomes ready after its connection fell silent, when others work again', async () => {
    const { variables, drop } = await store.fresh();
    await (await TestApp.start(variables)).close();
    const url = variables['DATABASE_URL']!;
    const other = await session(store, url);
    await other.run(LOCK);
    const wire = await TcpProxy.start(Number(new URL(url).port));
    const starting = TestApp.listening({ ...variables, DATABASE_URL: wire.through(url) });
    const watcher = await session(store, url);
    await until('it waits for the other', async () => (await watcher.run(WAITING)).length > 0);
    wire.dropServerToClient();
    await other.end();
    const app = await starting;
    expect(await ready(app)).toBe(503);
    await until('an answer was lost', () => wire.bytesLost > 0);
    wire.dropServerToClient(false);
    await watcher.end();
    await until('it is ready', async () => (await ready(app)) === 200);
    await app.close();
    wire.close();
    await drop();
  });

  it('knows how many share the work before it serves', async () => {
    const { variables, drop } = await store.fresh();
    const first = await TestApp.start(variables);
    await until('the first is ready', async () => (await ready(first)) === 200);
    const second = await TestApp.start(variables);
    const { ReplicaRegistry } = await import('../../src/replicas/replica.registry.js');
    const { ReadyGate } = await import('../../src/database/pools/ready.gate.js');
    await until('the second serves', () => second.running.app.get(ReadyGate).isOpen);
    expect(second.running.app.get(ReplicaRegistry).liveServers).toBe(2);
    await second.close();
    await first.close();
    await drop();
  });
});
