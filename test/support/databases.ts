import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { Client } from 'pg';
import { describe, inject } from 'vitest';
import type { Variables } from '../../src/config/values/variables.js';

/** An empty database of its own for one test or one file. */
export interface FreshStore {
  /** What makes an application use it, and any number of applications share it. */
  variables: Variables;
  drop(): Promise<void>;
}

export interface Store {
  driver: 'sqlite' | 'postgres' | 'mysql';
  fresh(): Promise<FreshStore>;
}

/** Runs the same tests on every database; those that this machine lacks are skipped. */
export function onEveryStore(title: string, tests: (store: Store) => void): void {
  run(`${title}, on SQLite`, tests, { driver: 'sqlite', fresh: freshFile });
  onServers(title, tests);
}

/** As `onEveryStore`, for what SQLite cannot: several replicas, a server that goes away. */
export function onServers(title: string, tests: (store: Store) => void): void {
  const postgres = inject('postgres');
  const mariadb = inject('mariadb');
  run(
    `${title}, on PostgreSQL`,
    tests,
    { driver: 'postgres', fresh: () => freshPostgres(postgres!) },
    postgres === null,
  );
  run(`${title}, on MariaDB`, tests, { driver: 'mysql', fresh: () => freshMysql(mariadb!) }, mariadb === null);
}

function run(title: string, tests: (store: Store) => void, store: Store, isSkipped = false): void {
  describe.skipIf(isSkipped)(title, () => {
    tests(store);
  });
}

export function freshFile(): Promise<FreshStore> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-store-'));
  return Promise.resolve({
    variables: { DB_DRIVER: 'sqlite', DATABASE_PATH: join(folder, 'proxy.db') },
    drop: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  });
}

/** On the server that the URL's administrator may create databases on: the shared one, which does not wait for the disk, or a test's own. */
export async function freshPostgres(server: string): Promise<FreshStore> {
  const name = databaseName();
  await queryPostgres(server, `CREATE DATABASE ${name}`);
  return {
    variables: { DB_DRIVER: 'postgres', DATABASE_URL: onDatabase(server, name), DATABASE_DURABILITY: 'relaxed' },
    drop: () => queryPostgres(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

export async function freshMysql(server: string): Promise<FreshStore> {
  const name = databaseName();
  const connection = await createConnection(server);
  await connection.query(`CREATE DATABASE ${name}`);
  await connection.end();
  return {
    variables: { DB_DRIVER: 'mysql', DATABASE_URL: onDatabase(server, name), DATABASE_DURABILITY: 'relaxed' },
    drop: () => dropMysql(server, name),
  };
}

/** With a connection in an open transaction, `DROP` would wait for its locks. */
async function dropMysql(server: string, name: string): Promise<void> {
  const connection = await createConnection(server);
  const users = 'SELECT id FROM information_schema.processlist WHERE db = ?';
  const [rows] = await connection.query<RowDataPacket[]>(users, [name]);
  for (const { id } of rows) await connection.query('KILL ?', [id]).catch(isGone);
  await connection.query(`DROP DATABASE ${name}`);
  await connection.end();
}

function isGone(error: unknown): void {
  if ((error as { code?: string }).code !== 'ER_NO_SUCH_THREAD') throw error;
}

async function queryPostgres(server: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(sql);
  await client.end();
}

const databaseName = (): string => `test_${randomBytes(8).toString('hex')}`;

function onDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}
