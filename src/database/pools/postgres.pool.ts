import type { Client, Pool, PoolClient, PoolConfig } from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { DatabaseConfig } from '../../config/app.config.js';
import { END_LIMIT_MS, IDLE_MS, KEEP_ALIVE_AFTER_MS, type PoolUse } from './pool.use.js';
import { isLifted, type StatementLimit } from './statement.limit.js';
import { DatabaseUnreachable } from '../dialect/database.error.js';

/** pg has this and does not declare it. */
type WithStream = Client & { connection: { stream: { destroy(error?: Error): void } } };
type Query = (...args: unknown[]) => Promise<unknown>;

/** The ledger's statements rely on it, whatever the server's default is. */
const SESSION = 'SET default_transaction_isolation = "read committed"';

const ABOUT = `SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
  current_database() AS database, current_schema() AS "searchSchema"`;

/**
 * Puts a pool of ours under TypeORM's driver. TypeORM connects when it is initialised and fails when the server is away;
 * a lazy one connects when it is asked, so that a server starts, says that it is not ready, and recovers by itself.
 */
export async function usePostgres(dataSource: DataSource, config: DatabaseConfig, use: PoolUse): Promise<void> {
  const { Pool } = await import('pg');
  const open = new Set<WithStream>();
  const cut = (): void => open.forEach((client) => client.connection.stream.destroy());
  const onConnect = async (given: unknown): Promise<void> => {
    const client = limited(given as WithStream, use.limit);
    open.add(client);
    client.once('end', () => open.delete(client));
    await client.query(SESSION);
  };
  // It is waited for, whatever its declared type says.
  const pool = new Pool(Object.assign(optionsOf(config, use), { onConnect }));
  // A connection that dies while nobody uses it is replaced when one is needed.
  pool.on('error', () => undefined);
  use.signal?.addEventListener('abort', cut);

  const driver = dataSource.driver as PostgresDriver;
  if (use.isLazy) {
    driver.connect = async () => {
      driver.master = pool;
    };
    driver.afterConnect = async () => undefined;
    // Most of a connection's making is waiting: what is first asked should not wait for it. Asked for again when this fails.
    pool.connect().then(
      (client) => client.release(),
      () => undefined,
    );
  } else
    Object.assign(driver, {
      createPool: async () => {
        Object.assign(driver, await aboutServer(pool, use));
        return pool;
      },
    });
  driver.obtainMasterConnection = async () => lend(pool, use);
  driver.disconnect = async () => {
    await end(pool, cut);
    use.signal?.removeEventListener('abort', cut);
  };
}

/** What TypeORM would ask in three turns. */
async function aboutServer(
  pool: Pool,
  use: PoolUse,
): Promise<Pick<PostgresDriver, 'version' | 'database' | 'searchSchema'>> {
  const [client, release] = await lend(pool, use);
  try {
    return (await client.query(ABOUT)).rows[0];
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
    // What we gave up on, the server gives up, too.
    ...(limit.isFinite && {
      statement_timeout: limit.limitMs,
      idle_in_transaction_session_timeout: 10 * limit.limitMs,
    }),
  };
}

/** A connection for one caller, and how it gives it back: those over the idle ones that may be are closed then. */
async function lend(pool: Pool, { gate, limit, maxIdle }: PoolUse): Promise<[PoolClient, (error?: Error) => void]> {
  gate.assertOpen();
  const askedAt = performance.now();
  const client = await connect(pool);
  limit.lent(client, askedAt);
  const release = (error?: Error): void => {
    client.release(error ?? (isLifted(client) || (pool.waitingCount === 0 && pool.idleCount >= maxIdle)));
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

/** A statement that takes too long takes its connection with it: what comes after would be answered with its answer. */
function limited(client: WithStream, limit: StatementLimit): WithStream {
  const query = client.query.bind(client) as unknown as Query;
  const withinLimit: Query = async (...args) => {
    const timer = limit.watch(client, (why) => client.connection.stream.destroy(why));
    try {
      return await query(...args);
    } finally {
      clearTimeout(timer);
    }
  };
  client.query = withinLimit as unknown as typeof client.query;
  return client;
}

async function end(pool: Pool, cut: () => void): Promise<void> {
  const timer = setTimeout(cut, END_LIMIT_MS);
  await pool.end().finally(() => clearTimeout(timer));
}
