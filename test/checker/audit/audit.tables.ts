import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { AuditRow } from '../../../src/audit/row/audit.row.js';
import { storedRow } from '../../../src/audit/row/stored.row.js';
import type { Variables } from '../../../src/config/values/variables.js';

export type Columns = Readonly<Record<string, unknown>>;

/** The tables after a trial. */
export interface Tables {
  readonly projects: ReadonlyMap<string, Columns>;
  readonly tokens: ReadonlyMap<string, Columns>;
  readonly operators: ReadonlyMap<string, Columns>;
  /** In the order of their numbers. */
  readonly audit: readonly AuditRow[];
  readonly revision: Columns;
}

/** Reads them past the server. */
export async function readTables(variables: Variables): Promise<Tables> {
  const { select, close } = await open(variables);
  try {
    const byId = async (table: string): Promise<Map<string, Columns>> =>
      new Map((await select(`SELECT * FROM ${table}`)).map((row) => [String(row['id']), row]));
    return {
      projects: await byId('projects'),
      tokens: await byId('tokens'),
      operators: await byId('operators'),
      audit: (await select('SELECT * FROM audit_events ORDER BY seq')).map((row) => storedRow(row)),
      revision: (await select('SELECT * FROM revisions'))[0]!,
    };
  } finally {
    await close();
  }
}

interface Reader {
  select(sql: string): Promise<Columns[]>;
  close(): Promise<void>;
}

async function open(variables: Variables): Promise<Reader> {
  const { DB_DRIVER: driver, DATABASE_URL: url = '', DATABASE_PATH: path = '' } = variables;
  if (driver === 'postgres') {
    const client = new Client({ connectionString: url });
    await client.connect();
    return {
      select: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
      close: () => client.end(),
    };
  }
  if (driver === 'mysql') {
    const connection = await createConnection(url);
    return {
      select: async (sql) => (await connection.query(sql))[0] as unknown as Columns[],
      close: () => connection.end(),
    };
  }
  const database = new DatabaseSync(path, { readOnly: true });
  return {
    select: (sql) => Promise.resolve(database.prepare(sql).all()),
    close: () => Promise.resolve(database.close()),
  };
}
