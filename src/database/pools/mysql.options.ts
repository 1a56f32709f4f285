import { readFileSync } from 'node:fs';
import type { SslOptions } from 'mysql2';
import type { DatabaseConfig } from '../../config/app.config.js';
import { type MysqlUrl, parseMysqlUrl } from '../../config/values/mysql.url.js';
import { KEEP_ALIVE_AFTER_MS } from './keep.alive.js';

/** Options of every connection. Reads the files that the URL names. */
export function mysqlOptions(config: Pick<DatabaseConfig, 'url'>) {
  const url = parseMysqlUrl(config.url);
  const { user, password, database, host, port, socketPath } = url;
  const ssl = sslOf(url);
  return {
    user,
    password,
    database,
    ...(socketPath === undefined ? { host, port } : { socketPath }),
    ...(ssl && { ssl }),
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    enableKeepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
  };
}

function sslOf({ ssl, sslMode, files, socketPath }: MysqlUrl): SslOptions | undefined {
  if (ssl) return ssl;
  if (sslMode === 'disabled' || socketPath !== undefined) return undefined;
  const read = (path: string | undefined) => (path ? readFileSync(path, 'utf8') : undefined);
  const [ca, cert, key] = [read(files.ca), read(files.cert), read(files.key)];
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    rejectUnauthorized: sslMode === 'verify_ca' || sslMode === 'verify_identity',
    verifyIdentity: sslMode === 'verify_identity',
  };
}
