import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { EXIT, StartupError } from '../../common/errors/startup.error.js';

export type Row = Record<string, unknown>;

/** A database of the Go system, opened read-only. Values are text or numbers; times are in the database's own format. */
export interface GoSource {
  projects(): Promise<Row[]>;
  tokensOf(projectId: string): Promise<Row[]>;
  /** Tokens whose project does not exist. */
  orphans(): Promise<Row[]>;
  close(): Promise<void>;
}

type Query = (sql: string, ...values: string[]) => Promise<Row[]>;

const CONNECT_LIMIT_MS = 5000;
const SCHEMES: Record<string, (url: URL) => Promise<GoSource>> = {
  'postgres:': openPostgres,
  'postgresql:': openPostgres,
  'mysql:': openMysql,
  'mariadb:': openMysql,
};

/** `from`: a SQLite file, `postgres://…` or `mysql://…`. Throws StartupError for any other database. */
export async function openGoSource(from: string, password?: string): Promise<GoSource> {
  const scheme = /^[a-z]+:(?=\/\/)/.exec(from)?.[0];
  if (scheme === undefined) return checked(openFile(from));
  const open = SCHEMES[scheme];
  if (!open || !URL.canParse(from)) throw refused('must be a SQLite file, postgres://… or mysql://…');
  const url = new URL(from);
  if (password !== undefined) url.password = encodeURIComponent(password);
  return checked(await open(url));
}

async function checked(source: GoSource): Promise<GoSource> {
  try {
    await source.orphans();
    return source;
  } catch (error) {
    await source.close().catch(() => undefined);
    if (isForeign(error)) throw refused('is not a database of the Go system: it lacks the tables projects and tokens');
    throw error;
  }
}

/** A missing table or column: SQLSTATEs of PostgreSQL, error names of MySQL. */
const MISSING = new Set(['42P01', '42703', 'ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR']);

/** SQLite reports both with the generic code 1, and a file that is not a database with 26. */
function isForeign(error: unknown): boolean {
  const { code = '', errcode, message } = error as { code?: string; errcode?: number; message: string };
  return MISSING.has(code) || errcode === 26 || (errcode === 1 && /^no such (?:table|column)/.test(message));
}

const refused = (reason: string): StartupError => new StartupError(EXIT.dataError, [`--from ${reason}`]);

/** The same three queries for every database; `mark` is its placeholder of a parameter. */
const sourceOf = (query: Query, close: () => Promise<void>, mark = '?'): GoSource => ({
  projects: async () => query('SELECT * FROM projects ORDER BY id'),
  tokensOf: async (projectId) => query(`SELECT * FROM tokens WHERE project_id = ${mark}`, projectId),
  orphans: async () =>
    query(
      'SELECT * FROM tokens WHERE token IS NOT NULL AND NOT EXISTS (SELECT 1 FROM projects WHERE projects.id = tokens.project_id)',
    ),
  close,
});

function openFile(path: string): GoSource {
  if (!existsSync(path)) throw refused('names a file that does not exist');
  const db = new DatabaseSync(path, { readOnly: true, timeout: CONNECT_LIMIT_MS });
  return sourceOf(
    async (sql, ...values) => db.prepare(sql).all(...values),
    async () => db.close(),
  );
}

async function openPostgres(url: URL): Promise<GoSource> {
  const { Client } = await import('pg');
  const client = new Client({
    connectionString: url.href,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    application_name: 'llm-proxy import',
    // As text: pg would read a time without a zone in the zone of this machine.
    types: { getTypeParser: () => (text: string) => text },
  });
  // A lost connection fails the pending statement. Without a listener it also ends the process.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SET default_transaction_read_only = on');
  return sourceOf(
    async (sql, ...values) => (await client.query<Row>(sql, values)).rows,
    async () => client.end(),
    '$1',
  );
}

async function openMysql(url: URL): Promise<GoSource> {
  const { createConnection } = await import('mysql2/promise');
  url.protocol = 'mysql:';
  const connection = await createConnection({ uri: url.href, connectTimeout: CONNECT_LIMIT_MS, dateStrings: true });
  connection.on('error', () => undefined);
  await connection.query('SET SESSION TRANSACTION READ ONLY');
  return sourceOf(
    async (sql, ...values) => (await connection.query(sql, values))[0] as Row[],
    async () => connection.end(),
  );
}
