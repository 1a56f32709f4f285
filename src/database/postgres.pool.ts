import type { Client, Pool, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { DatabaseConfig } from '../config/app.config.js';
import { Patience } from './patience.js';
import { type StoreGate, StoreUnreachable } from './store.gate.js';

const IDLE_MS = 60_000;
const END_LIMIT_MS = 1000;
/** pg has this and does not declare it. */
type WithStream = Client & { connection: { stream: { destroy(error?: Error): void } } };
type Query = (...args: unknown[]) => Promise<unknown>;

/**
 * Puts a pool of ours under TypeORM's driver. TypeORM connects when it is initialised and fails when the server is away;
 * this one connects when it is asked, so that a server starts, says that it is not ready, and recovers by itself.
 */
export async function usePostgres(dataSource: DataSource, config: DatabaseConfig, gate: StoreGate): Promise<void> {
  const { Pool } = await import('pg');
  const patience = new Patience(config.statementTimeoutMs);
  const pool = new Pool({
    connectionString: config.url,
    application_name: 'llm-proxy',
    keepAlive: true,
    max: config.poolSize,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: Math.ceil(config.maxLifetimeMs / 1000),
    connectionTimeoutMillis: patience.limitMs,
    // What we gave up on, the server gives up, too.
    statement_timeout: patience.limitMs,
    idle_in_transaction_session_timeout: 10 * patience.limitMs,
  });
  const open = new Set<WithStream>();
  // A connection that dies while nobody uses it is replaced when one is needed.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => open.add(limited(client as unknown as WithStream, patience)));
  pool.on('remove', (client) => open.delete(client as unknown as WithStream));

  const driver = dataSource.driver as PostgresDriver;
  driver.connect = async () => {
    driver.master = pool;
  };
  driver.afterConnect = async () => undefined;
  driver.obtainMasterConnection = async () => lend(pool, config, patience, gate);
  driver.disconnect = async () => end(pool, open);
}

/** A connection for one caller, and how it gives it back: those over the idle ones that may be are closed then. */
async function lend(
  pool: Pool,
  { maxIdle }: DatabaseConfig,
  patience: Patience,
  gate: StoreGate,
): Promise<[PoolClient, (error?: Error) => void]> {
  gate.assertOpen();
  const askedAt = performance.now();
  const client: PoolClient = await pool.connect().catch((error: unknown) => {
    throw new StoreUnreachable(error);
  });
  patience.lent(client, askedAt);
  const release = (error?: Error): void => {
    client.release(error ?? (pool.waitingCount === 0 && pool.idleCount >= maxIdle));
  };
  return [client, release];
}

/** A statement that takes too long takes its connection with it: what comes after would be answered with its answer. */
function limited(client: WithStream, patience: Patience): WithStream {
  const query = client.query.bind(client) as unknown as Query;
  const withinLimit: Query = async (...args) => {
    const limitMs = patience.left(client);
    const giveUp = () => client.connection.stream.destroy(new Error(`no answer in ${Math.round(limitMs)} ms`));
    const timer = setTimeout(giveUp, limitMs);
    try {
      return await query(...args);
    } finally {
      clearTimeout(timer);
    }
  };
  client.query = withinLimit as unknown as typeof client.query;
  return client;
}

/** A server that is frozen does not say good-bye; it is not waited for. */
async function end(pool: Pool, open: ReadonlySet<WithStream>): Promise<void> {
  const timer = setTimeout(() => {
    for (const client of open) client.connection.stream.destroy();
  }, END_LIMIT_MS);
  await pool.end().finally(() => clearTimeout(timer));
}
