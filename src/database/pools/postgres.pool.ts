import type { Pool, PoolClient, PoolConfig } from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { DatabaseConfig } from '../../config/app.config.js';
import { KEEP_ALIVE_AFTER_MS } from './keep.alive.js';
import { endable, IDLE_MS, type PoolUse } from './pool.use.js';
import { statementCounts } from '../dialect/statement.counts.js';
import { isUnlimited, type StatementLimit } from './statement.limit.js';
import { DatabaseTimeout, DatabaseUnreachable } from '../dialect/database.error.js';
import { codeOf } from '../dialect/driver.code.js';
import { PostgresRoute, routed, type RoutedClient } from './postgres.route.js';

/** pg has this property and does not declare it. */
type WithStream = RoutedClient & { connection: { stream: { destroy(error?: Error): void } } };
type Query = (...args: unknown[]) => Promise<unknown>;

/** The ledger relies on this isolation level, and on commits that are on disk before they are acknowledged. `remote_apply` waits longer. */
const SESSION = `SELECT set_config('default_transaction_isolation', 'read committed', false),
  set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
  current_setting('transaction_read_only') AS "isReadOnly"`;

const SERVER_INFO = `SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
  current_database() AS database, current_schema() AS "searchSchema"`;

/**
 * Replaces the pool of TypeORM's driver. TypeORM connects during initialization, and fails when the database server is away.
 * A lazy pool connects on first use: the program starts, reports that it is not ready, and recovers by itself.
 */
export async function usePostgres(dataSource: DataSource, config: DatabaseConfig, use: PoolUse): Promise<void> {
  const { Client, Pool } = await import('pg');
  const route = PostgresRoute.of(config.url);
  const open = new Set<WithStream>();
  const destroyAll = (): void => open.forEach((client) => client.connection.stream.destroy());
  const onConnect = async (given: unknown): Promise<void> => {
    const client = limited(given as WithStream, use.limit);
    open.add(client);
    client.once('end', () => open.delete(client));
    const { rows } = await client.query<{ isReadOnly: 'on' | 'off' }>(SESSION);
    if (route.mustWrite && rows[0]?.isReadOnly === 'on') throw new ReadOnlyHost();
  };
  // The pool awaits the promise, although its declared type is void.
  const pool = new Pool(Object.assign(optionsOf(use, route), { onConnect, Client: routed(Client, route) }));
  // The pool replaces an idle connection that failed when it needs the next one.
  pool.on('error', () => undefined);

  const driver = dataSource.driver as PostgresDriver;
  if (use.isLazy) {
    driver.connect = async () => {
      driver.master = pool;
    };
    driver.afterConnect = async () => undefined;
    // Opens a connection ahead of the first request. The request opens another one when this fails.
    connect(pool, route, use).then(
      (client) => client.release(),
      () => undefined,
    );
  } else
    Object.assign(driver, {
      createPool: async () => {
        Object.assign(driver, await serverInfo(pool, route, use));
        return pool;
      },
    });
  driver.obtainMasterConnection = async () => acquire(pool, route, use);
  driver.disconnect = endable(use, () => pool.end(), destroyAll);
}

/** TypeORM itself sends three statements for this. */
async function serverInfo(
  pool: Pool,
  route: PostgresRoute,
  use: PoolUse,
): Promise<Pick<PostgresDriver, 'version' | 'database' | 'searchSchema'>> {
  const [client, release] = await acquire(pool, route, use);
  // The query fails of it too. TypeORM adds its own listener to the connections that it takes; this is none of them.
  const ignore = (): void => undefined;
  client.on('error', ignore);
  try {
    return (await client.query(SERVER_INFO)).rows[0];
  } finally {
    release();
    client.off('error', ignore);
  }
}

/** Connection options of the URL take precedence; see PostgresRoute. */
function optionsOf({ name, limit, size, maxLifetimeMs }: PoolUse, route: PostgresRoute): PoolConfig {
  return {
    application_name: name,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    max: size,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: Math.min(limit.connectMs, route.connectMs ?? Infinity),
    ...(Number.isFinite(maxLifetimeMs) && { maxLifetimeSeconds: Math.ceil(maxLifetimeMs / 1000) }),
    // The server also gives up on a statement after its timeout.
    ...(limit.isFinite && {
      statement_timeout: limit.limitMs,
      idle_in_transaction_session_timeout: 10 * limit.limitMs,
    }),
  };
}

/** A connection for one caller, and the function that returns it. A returned connection beyond `maxIdle` is closed. */
async function acquire(pool: Pool, route: PostgresRoute, use: PoolUse): Promise<[PoolClient, (error?: Error) => void]> {
  const { gate, limit, maxIdle } = use;
  gate.assertOpen();
  const requestedAt = performance.now();
  const client = await connect(pool, route, use);
  limit.acquired(client, requestedAt);
  const release = (error?: Error): void => {
    client.release(error ?? (isUnlimited(client) || (pool.waitingCount === 0 && pool.idleCount >= maxIdle)));
  };
  return [client, release];
}

/** A host of several that does not accept writes. */
class ReadOnlyHost extends Error {
  readonly code = 'READ_ONLY_HOST';
}

/** All connections are in use: no way is at fault. */
const isPoolEmpty = (error: unknown): boolean => (error as Error).message === 'timeout exceeded when trying to connect';

/** Tries each way once, while there is time. */
async function connect(pool: Pool, route: PostgresRoute, { limit }: PoolUse): Promise<PoolClient> {
  const giveUpAt = performance.now() + limit.connectMs;
  let first: DatabaseUnreachable | undefined;
  for (let tries = 1; ; tries += 1) {
    const { way } = route;
    try {
      return await pool.connect();
    } catch (error) {
      const mayGoOn = !isPoolEmpty(error) && route.failed(way, error);
      const failure = new DatabaseUnreachable(error, route.where(way));
      // A server without TLS says nothing of the other way.
      first = first === undefined || codeOf(first.reason) === 'NO_TLS' || !mayGoOn ? failure : first;
      if (!mayGoOn || tries >= route.length || performance.now() > giveUpAt)
        throw route.isFault(first.reason) ? first : new DatabaseUnreachable(new DatabaseTimeout(), route.where(way));
    }
  }
}

/** A timeout destroys the connection, because the late result would be taken for that of the next statement. */
function limited(client: WithStream, limit: StatementLimit): WithStream {
  const query = client.query.bind(client) as unknown as Query;
  const limitedQuery: Query = async (...args) => {
    const timer = limit.watch(client, (error) => client.connection.stream.destroy(error));
    statementCounts.sent += 1;
    try {
      return await query(...args);
    } catch (error) {
      statementCounts.failed += 1;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  client.query = limitedQuery as unknown as typeof client.query;
  return client;
}
