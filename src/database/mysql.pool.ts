import type { Pool, PoolConnection } from 'mysql2';
import type { DataSource } from 'typeorm';
import type { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';
import type { DatabaseConfig } from '../config/app.config.js';
import { Patience } from './patience.js';
import { type StoreGate, StoreUnreachable } from './store.gate.js';

const IDLE_MS = 60_000;
const END_LIMIT_MS = 1000;
/** mysql2 has this and does not declare it. */
type WithStream = PoolConnection & { stream: { destroy(): void } };
type Answered = (error: Error | null, ...rest: unknown[]) => void;
type Query = (...args: unknown[]) => unknown;

/** What the ledger's statements rely on, whatever the server's own settings are. */
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', innodb_lock_wait_timeout = 1`,
];

/** Puts a pool of ours under TypeORM's driver, which connects when it is asked; see `usePostgres`. */
export async function useMysql(dataSource: DataSource, config: DatabaseConfig, gate: StoreGate): Promise<void> {
  const { createPool } = await import('mysql2');
  const patience = new Patience(config.statementTimeoutMs);
  const pool = createPool({
    ...mysqlOptions(config),
    connectionLimit: config.poolSize,
    maxIdle: Math.min(config.maxIdle, config.poolSize),
    idleTimeout: IDLE_MS,
    connectTimeout: patience.limitMs,
  });
  const open = new Set<WithStream>();
  pool.on('connection', (connection) => {
    open.add(prepared(connection as WithStream, config, patience));
    connection.once('end', () => open.delete(connection as WithStream));
  });

  const driver = dataSource.driver as MysqlDriver;
  driver.connect = async () => {
    driver.pool = pool;
    driver.database = decodeURIComponent(new URL(config.url).pathname.slice(1));
  };
  driver.obtainMasterConnection = async () => lend(pool, patience, gate);
  driver.disconnect = async () => end(pool, open);
}

/** Of every connection, also of those that migrate. */
export const mysqlOptions = ({ url }: DatabaseConfig) => ({
  uri: url,
  charset: 'utf8mb4',
  timezone: 'Z',
  supportBigNumbers: true,
  bigNumberStrings: true,
  enableKeepAlive: true,
});

async function lend(pool: Pool, patience: Patience, gate: StoreGate): Promise<PoolConnection> {
  gate.assertOpen();
  const askedAt = performance.now();
  const connection = await new Promise<PoolConnection>((lent, refused) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      refused(new StoreUnreachable(new Error(`no connection in ${patience.limitMs} ms`)));
    }, patience.limitMs);
    pool.getConnection((error, one) => {
      clearTimeout(timer);
      if (error) refused(new StoreUnreachable(error));
      else if (late) one.release();
      else lent(one);
    });
  });
  patience.lent(connection, askedAt);
  return connection;
}

function prepared(connection: WithStream, { maxLifetimeMs }: DatabaseConfig, patience: Patience): WithStream {
  const bornAt = performance.now();
  const release = connection.release.bind(connection);
  // Without a listener, an error of a connection would end the process.
  connection.on('error', () => undefined);
  for (const statement of SESSION)
    connection.query(statement, (error: Error | null) => {
      if (error) connection.destroy();
    });
  limit(connection, patience);
  connection.release = () => {
    if (performance.now() - bornAt > maxLifetimeMs) connection.destroy();
    else release();
  };
  return connection;
}

/** A statement that takes too long takes its connection with it: what comes after would be answered with its answer. */
function limit(connection: WithStream, patience: Patience): void {
  const query = connection.query.bind(connection) as Query;
  const withinLimit: Query = (...args) => {
    const answered = args.pop() as Answered;
    const limitMs = patience.left(connection);
    let over = false;
    const answer: Answered = (...result) => {
      clearTimeout(timer);
      if (over) return;
      over = true;
      answered(...result);
    };
    const timer = setTimeout(() => {
      connection.destroy();
      connection.stream.destroy();
      answer(new Error(`no answer in ${Math.round(limitMs)} ms`));
    }, limitMs);
    return query(...args, answer);
  };
  connection.query = withinLimit as typeof connection.query;
}

/** A server that is frozen does not say good-bye; it is not waited for. */
async function end(pool: Pool, open: ReadonlySet<WithStream>): Promise<void> {
  const timer = setTimeout(() => {
    for (const connection of open) connection.stream.destroy();
  }, END_LIMIT_MS);
  await new Promise<void>((ended) => pool.end(() => ended())).finally(() => clearTimeout(timer));
}
