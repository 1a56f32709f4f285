import { createCipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';

type Value = string | number | null;
export type GoRow = Record<string, Value>;

/** The key of the Go system. */
export const GO_KEY = Buffer.from('the-key-of-the-go-system-0123456').toString('base64');

/** A secret as the Go system issued it: a UUIDv7 in base64url. */
export function goSecret(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.UTC(2026, 0, 1), 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return `sk-${bytes.toString('base64url')}`;
}

/** What it stored of a secret with encryption on. */
export const goHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** What it stored of an upstream key with encryption on. */
export function goSealed(text: string, key = GO_KEY): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), nonce);
  return `enc:v1:${Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64')}`;
}

export function goProject(fields: GoRow = {}): GoRow & { id: string } {
  const id = randomUUID();
  return {
    id,
    name: `go ${id}`,
    api_key: `sk-go-${id}`,
    is_active: 1,
    deactivated_at: null,
    created_at: '2026-01-02 03:04:05',
    updated_at: '2026-01-02 03:04:05',
    ...fields,
  };
}

export const goToken = (projectId: string, fields: GoRow = {}): GoRow & { id: string; token: string } => ({
  id: randomUUID(),
  token: goSecret(),
  project_id: projectId,
  expires_at: '2099-01-02 03:04:05.123456',
  is_active: 1,
  deactivated_at: null,
  request_count: 0,
  max_requests: null,
  created_at: '2026-01-02 03:04:05',
  last_used_at: null,
  cache_hit_count: 0,
  ...fields,
});

const SQLITE = `
  CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, api_key TEXT NOT NULL, is_active BOOLEAN NOT NULL DEFAULT 1,
    deactivated_at DATETIME, created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE tokens (id TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, project_id TEXT NOT NULL, expires_at DATETIME,
    is_active BOOLEAN NOT NULL DEFAULT 1, deactivated_at DATETIME, request_count INTEGER NOT NULL DEFAULT 0, max_requests INTEGER,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, last_used_at DATETIME, cache_hit_count INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE);`;

/** Before tokens had ids, projects could be deactivated, and cache hits were counted. */
const OLD_SQLITE = `
  CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, openai_api_key TEXT NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE tokens (token TEXT PRIMARY KEY, project_id TEXT NOT NULL, expires_at DATETIME, is_active BOOLEAN NOT NULL DEFAULT 1,
    request_count INTEGER NOT NULL DEFAULT 0, max_requests INTEGER, created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, last_used_at DATETIME);`;

const POSTGRES = `
  CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, api_key TEXT NOT NULL, is_active BOOLEAN NOT NULL DEFAULT TRUE,
    deactivated_at TIMESTAMP, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE tokens (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), token TEXT NOT NULL CONSTRAINT tokens_token_unique UNIQUE,
    project_id TEXT NOT NULL REFERENCES projects(id) ON DELETE CASCADE, expires_at TIMESTAMP, is_active BOOLEAN NOT NULL DEFAULT TRUE,
    deactivated_at TIMESTAMP, request_count INTEGER NOT NULL DEFAULT 0, max_requests INTEGER,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, last_used_at TIMESTAMP, cache_hit_count INTEGER NOT NULL DEFAULT 0);`;

const MYSQL = [
  `CREATE TABLE projects (id VARCHAR(191) PRIMARY KEY, name VARCHAR(255) NOT NULL UNIQUE, api_key TEXT NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE, deactivated_at DATETIME(6) NULL, created_at DATETIME(6) NOT NULL, updated_at DATETIME(6) NOT NULL)`,
  `CREATE TABLE tokens (id CHAR(36) PRIMARY KEY, token VARCHAR(191) NOT NULL UNIQUE, project_id VARCHAR(191) NOT NULL, expires_at DATETIME(6) NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE, deactivated_at DATETIME(6) NULL, request_count INT NOT NULL DEFAULT 0, max_requests INT NULL,
    created_at DATETIME(6) NOT NULL, last_used_at DATETIME(6) NULL, cache_hit_count INT NOT NULL DEFAULT 0,
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE)`,
];

export interface GoRows {
  projects: GoRow[];
  tokens: GoRow[];
}

/** A SQLite file of the Go system, of today or of its first days. */
export function goFile(path: string, rows: GoRows, schema: 'today' | 'first' = 'today'): string {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA foreign_keys = OFF; ${schema === 'today' ? SQLITE : OLD_SQLITE}`);
  for (const [table, entries] of Object.entries(rows))
    for (const row of entries as GoRow[])
      db.prepare(insert(table, row, () => '?')).run(...(Object.values(row) as SQLInputValue[]));
  db.close();
  return path;
}

/** The same in an empty database of a server. */
export async function goOnPostgres(url: string, rows: GoRows): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(POSTGRES);
  for (const [table, entries] of Object.entries(rows))
    for (const row of entries as GoRow[])
      await client.query(
        insert(table, row, (at) => `$${at + 1}`),
        Object.values(row),
      );
  await client.end();
}

export async function goOnMysql(url: string, rows: GoRows): Promise<void> {
  const connection = await createConnection(url);
  for (const table of MYSQL) await connection.query(table);
  for (const [table, entries] of Object.entries(rows))
    for (const row of entries as GoRow[])
      await connection.query(
        insert(table, row, () => '?'),
        Object.values(row),
      );
  await connection.end();
}

const insert = (table: string, row: GoRow, mark: (at: number) => string): string =>
  `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row)
    .map((_column, at) => mark(at))
    .join(', ')})`;
