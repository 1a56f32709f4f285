import type { Socket } from 'node:net';
import type { Pool, PoolConnection } from 'mysql2';
import type { DataSource } from 'typeorm';
import type { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';
import type { DatabaseConfig } from '../../config/app.config.js';
import { type MysqlUrl, parseMysqlUrl } from '../../config/values/mysql.url.js';
import { mysqlOptions } from './mysql.options.js';
import { statementCounts } from '../dialect/statement.counts.js';
import { endable, IDLE_MS, type PoolUse } from './pool.use.js';
import { isUnlimited, type StatementLimit } from './statement.limit.js';
import { DatabaseUnreachable } from '../dialect/database.error.js';
import { codeOf } from '../dialect/driver.code.js';

/** mysql2 has this property and does not declare it. */
type WithStream = PoolConnection & { stream: Socket };
type Callback = (error: Error | null, ...rest: unknown[]) => void;
type Query = (...args: unknown[]) => unknown;

/** The server keeps the locks of a client that lost its power until it closes the connection. Longer than IDLE_MS. */
const WAIT_TIMEOUT_S = 90;

/** Settings that the ledger's statements rely on. A lock timeout is in whole seconds, at least 1. */
const session = ({ isFinite }: StatementLimit): string[] => [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'`,
  ...(isFinite
    ? [`SET SESSION wait_timeout = ${WAIT_TIMEOUT_S}, innodb_lock_wait_timeout = 1, lock_wait_timeout = 1`]
    : []),
];

/** For a client that falls silent inside a transaction: sooner than `wait_timeout`. Only MariaDB has it. */
const transactionTimeout = ({ limitMs }: StatementLimit): string =>
  `SET SESSION idle_transaction_timeout = ${Math.ceil(limitMs / 100)}`;

/** Replaces the pool of TypeORM's driver; see `usePostgres`. */
export async function useMysql(dataSource: DataSource, config: DatabaseConfig, use: PoolUse): Promise<void> {
  const { createPool } = await import('mysql2');
  const url = parseMysqlUrl(config.url);
  const pool = createPool({
    ...mysqlOptions(config),
    connectionLimit: use.size,
    maxIdle: Math.min(use.maxIdle, use.size),
    idleTimeout: IDLE_MS,
    connectTimeout: Math.min(use.limit.connectMs, url.connectMs ?? Infinity),
  });
  const open = new Set<WithStream>();
  const destroyAll = (): void => open.forEach(({ stream }) => stream.destroy());
  pool.on('connection', (given) => {
    const connection = prepared(given as WithStream, use);
    open.add(connection);
    // A destroyed connection emits no 'end' of its own.
    connection.stream.once('close', () => open.delete(connection));
  });

  const driver = dataSource.driver as MysqlDriver;
  if (use.isLazy)
    driver.connect = async () => {
      driver.pool = pool;
      driver.database = url.database;
    };
  else Object.assign(driver, { createPool: async () => pool });
  driver.obtainMasterConnection = async () => acquire(pool, url, use);
  driver.disconnect = endable(use, () => new Promise((resolve) => pool.end(() => resolve())), destroyAll);
}

async function acquire(pool: Pool, url: MysqlUrl, use: PoolUse): Promise<PoolConnection> {
  const { gate, limit } = use;
  gate.assertOpen();
  const requestedAt = performance.now();
  const connection = await connect(pool, limit).catch(async (error: unknown) => {
    if (url.sslMode !== 'preferred' || codeOf(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') throw unreachable(url, error);
    withoutTls(pool);
    return connect(pool, limit).catch((second: unknown) => {
      throw unreachable(url, second);
    });
  });
  limit.acquired(connection, requestedAt);
  return connection;
}

const unreachable = ({ socketPath, host, port, user, database }: MysqlUrl, error: unknown): DatabaseUnreachable =>
  new DatabaseUnreachable(error, { host: socketPath ?? host, port, user: user || 'the user', database });

/** The server has no TLS: further connections do not ask for it. mysql2 does not declare the property. */
function withoutTls(pool: Pool): void {
  (pool as unknown as { config: { connectionConfig: { ssl: unknown } } }).config.connectionConfig.ssl = false;
}

function connect(pool: Pool, limit: StatementLimit): Promise<PoolConnection> {
  return new Promise<PoolConnection>((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new Error(`no connection in ${limit.connectMs} ms`));
    }, limit.connectMs);
    pool.getConnection((error, one) => {
      clearTimeout(timer);
      if (error) reject(error);
      else if (isLate) one.release();
      else resolve(one);
    });
  });
}

function prepared(connection: WithStream, { maxLifetimeMs, limit }: PoolUse): WithStream {
  const createdAt = performance.now();
  const release = connection.release.bind(connection);
  // Without a listener, an error of the connection ends the process.
  connection.on('error', () => undefined);
  for (const statement of session(limit))
    connection.query(statement, (error: Error | null) => {
      if (error) connection.destroy();
    });
  // MySQL refuses this setting.
  if (limit.isFinite) connection.query(transactionTimeout(limit), () => undefined);
  limitStatements(connection, limit);
  connection.release = () => {
    if (isUnlimited(connection) || performance.now() - createdAt > maxLifetimeMs) connection.destroy();
    else release();
  };
  return connection;
}

/** A timeout destroys the connection, because the late result would be taken for that of the next statement. */
function limitStatements(connection: WithStream, limit: StatementLimit): void {
  const query = connection.query.bind(connection) as Query;
  const limitedQuery: Query = (...args) => {
    const callback = args.pop() as Callback;
    let isDone = false;
    statementCounts.sent += 1;
    const done: Callback = (...result) => {
      clearTimeout(timer);
      if (isDone) return;
      isDone = true;
      if (result[0]) statementCounts.failed += 1;
      callback(...result);
    };
    const timer = limit.watch(connection, (error) => {
      connection.destroy();
      connection.stream.destroy();
      done(error);
    });
    return query(...args, done);
  };
  connection.query = limitedQuery as typeof connection.query;
}
