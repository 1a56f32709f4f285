import type { Socket } from 'node:net';
import type { Pool, PoolConnection } from 'mysql2';
import type { DataSource } from 'typeorm';
import type { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';
import type { DatabaseConfig } from '../../config/app.config.js';
import { END_LIMIT_MS, IDLE_MS, KEEP_ALIVE_AFTER_MS, type PoolUse } from './pool.use.js';
import { isLifted, type StatementLimit } from './statement.limit.js';
import { DatabaseUnreachable } from '../dialect/database.error.js';

/** mysql2 has this and does not declare it. */
type WithStream = PoolConnection & { stream: Socket };
type Answered = (error: Error | null, ...rest: unknown[]) => void;
type Query = (...args: unknown[]) => unknown;

/** A client that lost its power leaves its locks behind until its connection is closed: some time after it would be idle. */
const WAIT_TIMEOUT_S = 90;

/** What the ledger's statements rely on, whatever the server's own settings are. A wait for a row is whole seconds: 1 is the least. */
const session = ({ isFinite }: StatementLimit): string[] => [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'`,
  ...(isFinite
    ? [`SET SESSION wait_timeout = ${WAIT_TIMEOUT_S}, innodb_lock_wait_timeout = 1, lock_wait_timeout = 1`]
    : []),
];

/** MariaDB's alone: sooner than `wait_timeout`, for whoever is silent inside a transaction. */
const inTransaction = ({ limitMs }: StatementLimit): string =>
  `SET SESSION idle_transaction_timeout = ${Math.ceil(limitMs / 100)}`;

/** Puts a pool of ours under TypeORM's driver; see `usePostgres`. */
export async function useMysql(dataSource: DataSource, config: DatabaseConfig, use: PoolUse): Promise<void> {
  const { createPool } = await import('mysql2');
  const pool = createPool({
    ...mysqlOptions(config),
    connectionLimit: use.size,
    maxIdle: Math.min(use.maxIdle, use.size),
    idleTimeout: IDLE_MS,
    connectTimeout: use.limit.connectMs,
  });
  const open = new Set<WithStream>();
  const cut = (): void => open.forEach(({ stream }) => stream.destroy());
  pool.on('connection', (given) => {
    const connection = prepared(given as WithStream, use);
    open.add(connection);
    // Not the connection's 'end': one that we destroy has none.
    connection.stream.once('close', () => open.delete(connection));
  });
  use.signal?.addEventListener('abort', cut);

  const driver = dataSource.driver as MysqlDriver;
  if (use.isLazy)
    driver.connect = async () => {
      driver.pool = pool;
      driver.database = decodeURIComponent(new URL(config.url).pathname.slice(1));
    };
  else Object.assign(driver, { createPool: async () => pool });
  driver.obtainMasterConnection = async () => lend(pool, use);
  driver.disconnect = async () => {
    await end(pool, cut);
    use.signal?.removeEventListener('abort', cut);
  };
}

/** Of every connection. */
export const mysqlOptions = ({ url }: DatabaseConfig) => ({
  uri: quiet(url),
  charset: 'utf8mb4',
  timezone: 'Z',
  supportBigNumbers: true,
  bigNumberStrings: true,
  enableKeepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
});

/** mysql2 would print what it sends and gets, secrets with it. */
function quiet(text: string): string {
  const url = new URL(text);
  for (const name of ['debug', 'trace']) url.searchParams.delete(name);
  return url.href;
}

async function lend(pool: Pool, { gate, limit }: PoolUse): Promise<PoolConnection> {
  gate.assertOpen();
  const askedAt = performance.now();
  const connection = await new Promise<PoolConnection>((lent, refused) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      refused(new DatabaseUnreachable(new Error(`no connection in ${limit.connectMs} ms`)));
    }, limit.connectMs);
    pool.getConnection((error, one) => {
      clearTimeout(timer);
      if (error) refused(new DatabaseUnreachable(error));
      else if (late) one.release();
      else lent(one);
    });
  });
  limit.lent(connection, askedAt);
  return connection;
}

function prepared(connection: WithStream, { maxLifetimeMs, limit }: PoolUse): WithStream {
  const bornAt = performance.now();
  const release = connection.release.bind(connection);
  // Without a listener, an error of a connection would end the process.
  connection.on('error', () => undefined);
  for (const statement of session(limit))
    connection.query(statement, (error: Error | null) => {
      if (error) connection.destroy();
    });
  // MySQL does not know it.
  if (limit.isFinite) connection.query(inTransaction(limit), () => undefined);
  keepWithin(connection, limit);
  connection.release = () => {
    if (isLifted(connection) || performance.now() - bornAt > maxLifetimeMs) connection.destroy();
    else release();
  };
  return connection;
}

/** A statement that takes too long takes its connection with it: what comes after would be answered with its answer. */
function keepWithin(connection: WithStream, limit: StatementLimit): void {
  const query = connection.query.bind(connection) as Query;
  const withinLimit: Query = (...args) => {
    const answered = args.pop() as Answered;
    let over = false;
    const answer: Answered = (...result) => {
      clearTimeout(timer);
      if (over) return;
      over = true;
      answered(...result);
    };
    const timer = limit.watch(connection, (why) => {
      connection.destroy();
      connection.stream.destroy();
      answer(why);
    });
    return query(...args, answer);
  };
  connection.query = withinLimit as typeof connection.query;
}

async function end(pool: Pool, cut: () => void): Promise<void> {
  const timer = setTimeout(cut, END_LIMIT_MS);
  await new Promise<void>((ended) => pool.end(() => ended())).finally(() => clearTimeout(timer));
}
