import type { ClientBase, Pool, PoolClient } from 'pg';
import { isConflict } from '../../../database/dialect/driver.code.js';
import { KEEP_ALIVE_AFTER_MS } from '../../../database/pools/keep.alive.js';
import { PostgresRoute, routed } from '../../../database/pools/postgres.route.js';
import { EventDatabase, type EventDatabaseSettings, retried } from '../event.database.js';
import { CONNECTIONS, CONNECT_TIMEOUT_MS, IDLE_MS, STATEMENT_TIMEOUT_MS } from './connection.limits.js';

/** `bigint` and the `numeric` of its sums: every value of ours is a safe integer. */
const INTEGERS = new Set([20, 1700]);

const SESSION = `SELECT set_config('default_transaction_isolation', 'read committed', false),
  set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
  current_setting('transaction_read_only') AS read_only`;

export class PostgresEvents extends EventDatabase {
  readonly dialect = 'postgres';

  private constructor(
    private readonly pool: Pool,
    private readonly route: PostgresRoute,
  ) {
    super();
  }

  /** Connects on first use. */
  static async open({ url }: Pick<EventDatabaseSettings, 'url'>): Promise<PostgresEvents> {
    const { Client, Pool, types } = await import('pg');
    const route = PostgresRoute.of(url);
    const getTypeParser = ((oid: number, format?: 'text') =>
      INTEGERS.has(oid) ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser;
    const options = {
      application_name: 'llm-proxy events',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      max: CONNECTIONS,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: Math.min(CONNECT_TIMEOUT_MS, route.connectMs ?? Infinity),
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
      types: { getTypeParser },
      onConnect: async (client: ClientBase) => prepare(client, route),
      Client: routed(Client, route),
    };
    const pool = new Pool(options);
    // The pool replaces an idle connection that failed when it needs the next one.
    pool.on('error', () => undefined);
    return new PostgresEvents(pool, route);
  }

  async query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]> {
    return this.withClient(async (client) => client.query<T>(sql, parameters));
  }

  async execute(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return this.withClient(async (client) => client.execute(sql, parameters));
  }

  async insert(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return this.withClient(async (client) => client.insert(sql, parameters));
  }

  async transaction<T>(work: (transaction: EventDatabase) => Promise<T>): Promise<T> {
    return retried(async () => this.withClient(async (client) => client.transaction(work)), isConflict);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async withClient<T>(work: (client: PostgresClient) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      const result = await work(new PostgresClient(client));
      client.release();
      return result;
    } catch (error) {
      // An error of the server leaves the connection usable: it has a severity.
      client.release((error as { severity?: string }).severity === undefined ? (error as Error) : undefined);
      throw error;
    }
  }

  /** Tries each way once. */
  private async connect(): Promise<PoolClient> {
    for (let tries = 1; ; tries += 1) {
      const { way } = this.route;
      try {
        return await this.pool.connect();
      } catch (error) {
        if (!this.route.failed(way, error) || tries >= this.route.length) throw error;
      }
    }
  }
}

async function prepare(client: ClientBase, route: PostgresRoute): Promise<void> {
  // Without a listener, an error of a connection in use ends the process.
  client.on('error', () => undefined);
  const { rows } = await client.query<{ read_only: string }>(SESSION);
  if (route.mustWrite && rows[0]?.read_only === 'on') throw new Error('the host accepts no writes');
}

/** One connection of the pool, in the hands of one caller. */
class PostgresClient extends EventDatabase {
  readonly dialect = 'postgres';

  constructor(private readonly client: PoolClient) {
    super();
  }

  async query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return (await this.client.query(numbered(sql), [...parameters])).rows as T[];
  }

  async execute(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    return (await this.client.query(numbered(sql), [...parameters])).rowCount ?? 0;
  }

  async insert(sql: string, parameters?: readonly unknown[]): Promise<number> {
    const [row] = await this.query<{ id: number }>(`${sql} RETURNING id`, parameters);
    return row!.id;
  }

  async transaction<T>(work: (transaction: EventDatabase) => Promise<T>): Promise<T> {
    await this.client.query('BEGIN');
    try {
      const result = await work(this);
      await this.client.query('COMMIT');
      return result;
    } catch (error) {
      await this.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {}
}

const texts = new Map<string, string>();

/** `$1`, `$2` for `?`. No statement of ours has a `?` in a literal. */
function numbered(sql: string): string {
  const known = texts.get(sql);
  if (known !== undefined) return known;
  let count = 0;
  const text = sql.replaceAll('?', () => `$${(count += 1)}`);
  if (texts.size < 500) texts.set(sql, text);
  return text;
}
