import type { Client, Pool, PoolClient, PoolConfig } from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { DatabaseConfig } from '../../config/app.config.js';
import { END_TIMEOUT_MS, IDLE_MS, KEEP_ALIVE_AFTER_MS, type PoolUse } from './pool.use.js';
import { isUnlimited, type StatementLimit } from './statement.limit.js';
import { DatabaseUnreachable } from '../dialect/database.error.js';

/** pg has this property and does not declare it. */
type WithStream = Client & { connection: { stream: { destroy(error?: Error): void } } };
type Query = (...args: unknown[]) => Promise<unknown>;

/** The ledger relies on this isolation level, and on commits that are on disk before they are acknowledged. `remote_apply` waits longer. */
const SESSION = `SELECT set_config('default_transaction_isolation', 'read committed', false),
  set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)`;

const SERVER_INFO = `SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
  current_database() AS database, current_schema() AS "searchSchema"`;

/**
 * Replaces the pool of TypeORM's driver. TypeORM connects during initialization, and fails when the database server is away.
 * A lazy pool connects on first use: the program starts, reports that it is not ready, and recovers by itself.
 */
export async function usePostgres(dataSource: DataSource, config: DatabaseConfig, use: PoolUse): Promise<void> {
  const { Pool } = await import('pg');
  const open = new Set<WithStream>();
  const destroyAll = (): void => open.forEach((client) => client.connection.stream.destroy());
  const onConnect = async (given: unknown): Promise<void> => {
    const client = limited(given as WithStream, use.limit);
    open.add(client);
    client.once('end', () => open.delete(client));
    await client.query(SESSION);
  };
  // The pool awaits the promise, although its declared type is void.
  const pool = new Pool(Object.assign(optionsOf(config, use), { onConnect }));
  // The pool replaces an idle connection that failed when it needs the next one.
  pool.on('error', () => undefined);
  use.signal?.addEventListener('abort', destroyAll);

  const driver = dataSource.driver as PostgresDriver;
  if (use.isLazy) {
    driver.connect = async () => {
      driver.master = pool;
    };
    driver.afterConnect = async () => undefined;
    // Opens a connection ahead of the first request. The request opens another one when this fails.
    pool.connect().then(
      (client) => client.release(),
      () => undefined,
    );
  } else
    Object.assign(driver, {
      createPool: async () => {
        Object.assign(driver, await serverInfo(pool, use));
        return pool;
      },
    });
  driver.obtainMasterConnection = async () => acquire(pool, use);
  driver.disconnect = async () => {
    await end(pool, destroyAll);
    use.signal?.removeEventListener('abort', destroyAll);
  };
}

/** TypeORM itself sends three statements for this. */
async function serverInfo(
  pool: Pool,
  use: PoolUse,
): Promise<Pick<PostgresDriver, 'version' | 'database' | 'searchSchema'>> {
  const [client, release] = await acquire(pool, use);
  try {
    return (await client.query(SERVER_INFO)).rows[0];
  } finally {
    release();
  }
}

function optionsOf(config: DatabaseConfig, { name, limit, size, maxLifetimeMs }: PoolUse): PoolConfig {
  return {
    connectionString: config.url,
    application_name: name,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    max: size,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: limit.connectMs,
    ...(Number.isFinite(maxLifetimeMs) && { maxLifetimeSeconds: Math.ceil(maxLifetimeMs / 1000) }),
    // The server also gives up on a statement after its timeout.
    ...(limit.isFinite && {
      statement_timeout: limit.limitMs,
      idle_in_transaction_session_timeout: 10 * limit.limitMs,
    }),
  };
}

/** A connection for one caller, and the function that returns it. A returned connection beyond `maxIdle` is closed. */
async function acquire(pool: Pool, { gate, limit, maxIdle }: PoolUse): Promise<[PoolClient, (error?: Error) => void]> {
  gate.assertOpen();
  const requestedAt = performance.now();
  const client = await connect(pool);
  limit.acquired(client, requestedAt);
  const release = (error?: Error): void => {
    client.release(error ?? (isUnlimited(client) || (pool.waitingCount === 0 && pool.idleCount >= maxIdle)));
  };
  return [client, release];
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new DatabaseUnreachable(error);
  }
}

/** A timeout destroys the connection, because the late result would be taken for that of the next statement. */
function limited(client: WithStream, limit: StatementLimit): WithStream {
  const query = client.query.bind(client) as unknown as Query;
  const limitedQuery: Query = async (...args) => {
    const timer = limit.watch(client, (error) => client.connection.stream.destroy(error));
    try {
      return await query(...args);
    } finally {
      clearTimeout(timer);
    }
  };
  client.query = limitedQuery as unknown as typeof client.query;
  return client;
}

async function end(pool: Pool, destroyAll: () => void): Promise<void> {
  const timer = setTimeout(destroyAll, END_TIMEOUT_MS);
  await pool.end().finally(() => clearTimeout(timer));
}
