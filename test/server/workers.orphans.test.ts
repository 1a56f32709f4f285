import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN, until } from '../support/app.js';
import { processTree } from '../support/process.tree.js';
import { type FreshStore, freshPostgres } from '../support/databases.js';
import { isAlive } from '../support/workers.js';

const MAIN = new URL('../../dist/src/main.js', import.meta.url).pathname;
const TIMEOUT_MS = 90_000;
const PATIENCE_MS = 30_000;
/** The lock of src/database/migration.lock.ts. */
const MIGRATION_LOCK = '7812741352893551';

/** A worker whose primary is killed before it serves: it has nothing to drain, and no primary that passes the port to it. */
describe.skipIf(inject('postgres') === null || process.platform === 'win32')('a worker that starts', () => {
  let store: FreshStore;
  let database: Client;
  let folder: string;
  let primary: ChildProcess;
  let worker: number;
  let log = '';

  beforeEach(async () => {
    log = '';
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-orphans-'));
    store = await freshPostgres(inject('postgres')!);
    database = new Client({ connectionString: store.variables['DATABASE_URL']! });
    await database.connect();
  });
  afterEach(async () => {
    primary.kill('SIGKILL');
    if (isAlive(worker)) process.kill(worker, 'SIGKILL');
    await database.end();
    await store.drop();
    rmSync(folder, { recursive: true });
  });

  const isTrue = async (question: string): Promise<boolean> => (await database.query(question)).rows.length > 0;
  const listens = (): boolean => log.includes('a worker listens');

  async function start(): Promise<void> {
    const env = {
      PATH: process.env['PATH'],
      MANAGEMENT_TOKEN,
      ENCRYPTION_KEY,
      LISTEN_ADDR: '127.0.0.1:0',
      WORKERS: '2',
    };
    primary = spawn(process.execPath, [MAIN, 'server'], {
      cwd: folder,
      env: { ...env, ...store.variables },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    primary.stdout!.on('data', (text: Buffer) => (log += text.toString()));
    await until('a worker', () => processTree(primary.pid!).length > 1, PATIENCE_MS);
    worker = processTree(primary.pid!)[1]!;
  }

  /** Starts, and has come to the database when this resolves, where it has to wait. */
  async function startBeforeLock(): Promise<void> {
    await database.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    await start();
    const ours = 'datname = current_database() AND pid <> pg_backend_pid()';
    const asks = `SELECT 1 FROM pg_stat_activity WHERE ${ours} AND query LIKE '%${MIGRATION_LOCK}%'`;
    await until('the worker to ask for the lock', () => isTrue(asks), PATIENCE_MS);
  }

  async function expectEnd(): Promise<void> {
    await until('the worker to end', () => !isAlive(worker), PATIENCE_MS);
    expect(listens()).toBe(false);
  }

  it('ends with its primary while it loads', { timeout: TIMEOUT_MS }, async () => {
    await start();
    primary.kill('SIGKILL');
    await expectEnd();
  });

  it('ends with its primary while it waits for the database', { timeout: TIMEOUT_MS }, async () => {
    await startBeforeLock();
    primary.kill('SIGKILL');
    await expectEnd();
  });

  it('ends with its primary while it waits for the port', { timeout: TIMEOUT_MS }, async () => {
    await startBeforeLock();
    primary.kill('SIGSTOP');
    await database.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`);
    await until('the tables', () => isTrue("SELECT 1 WHERE to_regclass('replicas') IS NOT NULL"), PATIENCE_MS);
    await until('the last step before it', () => isTrue('SELECT 1 FROM replicas'), PATIENCE_MS);
    primary.kill('SIGKILL');
    await expectEnd();
  });
});
