import type { Pool, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { parseMysqlUrl } from '../../../config/values/mysql.url.js';
import { codeOf, isConflict } from '../../../database/dialect/driver.code.js';
import { mysqlOptions } from '../../../database/pools/mysql.options.js';
import { EventDatabase, type EventDatabaseSettings, retried } from '../event.database.js';
import { CONNECTIONS, CONNECT_TIMEOUT_MS, IDLE_MS, STATEMENT_TIMEOUT_MS } from './connection.limits.js';

const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'`,
  'SET SESSION wait_timeout = 90, innodb_lock_wait_timeout = 5, lock_wait_timeout = 5',
];

export class MysqlEvents extends EventDatabase {
  readonly dialect = 'mysql';
  private readonly prepared = new WeakSet<object>();

  private constructor(
    private readonly pool: Pool,
    private readonly isPreferred: boolean,
  ) {
    super();
  }

  /** Connects on first use. */
  static async open({ url }: Pick<EventDatabaseSettings, 'url'>): Promise<MysqlEvents> {
    const { createPool } = await import('mysql2/promise');
    const { connectMs = Infinity, sslMode } = parseMysqlUrl(url);
    const pool = createPool({
      ...mysqlOptions({ url }),
      bigNumberStrings: false,
      decimalNumbers: true,
      connectionLimit: CONNECTIONS,
      idleTimeout: IDLE_MS,
      connectTimeout: Math.min(CONNECT_TIMEOUT_MS, connectMs),
    });
    // Without a listener, an error of a connection ends the process.
    pool.on('connection', (connection) => connection.on('error', () => undefined));
    return new MysqlEvents(pool, sslMode === 'preferred');
  }

  async query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]> {
    return this.withConnection(async (connection) => connection.query<T>(sql, parameters));
  }

  async execute(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return this.withConnection(async (connection) => connection.execute(sql, parameters));
  }

  async insert(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return this.withConnection(async (connection) => connection.insert(sql, parameters));
  }

  async transaction<T>(work: (transaction: EventDatabase) => Promise<T>): Promise<T> {
    return retried(async () => this.withConnection(async (connection) => connection.transaction(work)), isConflict);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async withConnection<T>(work: (connection: MysqlConnection) => Promise<T>): Promise<T> {
    const connection = await this.connect();
    try {
      const result = await work(new MysqlConnection(connection));
      connection.release();
      return result;
    } catch (error) {
      // An error of the server leaves the connection usable: it has a number and is not fatal.
      const { errno, fatal } = error as { errno?: number; fatal?: boolean };
      if (errno === undefined || fatal === true) connection.destroy();
      else connection.release();
      throw error;
    }
  }

  private async connect(): Promise<PoolConnection> {
    const connection = await this.pool.getConnection().catch(async (error: unknown) => {
      if (!this.isPreferred || codeOf(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error;
      this.withoutTls();
      return this.pool.getConnection();
    });
    if (this.prepared.has(connection.connection)) return connection;
    try {
      for (const statement of SESSION) await connection.query(statement);
    } catch (error) {
      connection.destroy();
      throw error;
    }
    this.prepared.add(connection.connection);
    return connection;
  }

  /** The server has no TLS: further connections do not ask for it. mysql2 does not declare the property. */
  private withoutTls(): void {
    const { pool } = this.pool as unknown as { pool: { config: { connectionConfig: { ssl: unknown } } } };
    pool.config.connectionConfig.ssl = false;
  }
}

/** One connection of the pool, in the hands of one caller. */
class MysqlConnection extends EventDatabase {
  readonly dialect = 'mysql';

  constructor(private readonly connection: PoolConnection) {
    super();
  }

  async query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]> {
    return (await this.run<RowDataPacket[]>(sql, parameters)) as T[];
  }

  async execute(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return (await this.run<ResultSetHeader>(sql, parameters)).affectedRows;
  }

  async insert(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return (await this.run<ResultSetHeader>(sql, parameters)).insertId;
  }

  async transaction<T>(work: (transaction: EventDatabase) => Promise<T>): Promise<T> {
    await this.connection.query('START TRANSACTION');
    try {
      const result = await work(this);
      await this.connection.query('COMMIT');
      return result;
    } catch (error) {
      await this.connection.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {}

  private async run<T extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<T> {
    const [result] = await this.connection.query<T>({ sql, timeout: STATEMENT_TIMEOUT_MS }, [...parameters]);
    return result;
  }
}
