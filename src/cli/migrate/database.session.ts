import type { DataSource } from 'typeorm';
import { ENTITIES } from '../../app.entities.js';
import type { AppConfig } from '../../config/app.config.js';
import { loadConfig } from '../../config/config.loader.js';
import type { Variables } from '../../config/values/variables.js';
import { KeyRing } from '../../crypto/key.ring.js';
import { openOrCreate, openOrInMemory } from '../../maintenance/create.database.js';
import { openDatabase } from '../../maintenance/open.database.js';
import { CliError, EXIT_CODE } from '../terminal/cli.error.js';

/** An open database, and the keys that decrypt its values. */
export interface DatabaseSession {
  dataSource: DataSource;
  ring: KeyRing;
  config: AppConfig;
}

/** What to do when the database does not exist: refuse it, create it, or use an empty one in memory. */
export type IfMissing = keyof typeof OPEN;

const OPEN = { refuse: openDatabase, create: openOrCreate, inMemory: openOrInMemory };

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']);

/** Opens the database that `variables` name, runs `work` and closes the database. */
export async function withSession<T>(
  variables: Variables,
  ifMissing: IfMissing,
  work: (session: DatabaseSession) => Promise<T>,
): Promise<T> {
  const { config } = loadConfig(variables);
  const dataSource = await OPEN[ifMissing](config.database, ENTITIES);
  try {
    return await work({ dataSource, ring: new KeyRing(config), config });
  } finally {
    await dataSource.destroy();
  }
}

/** The error for a database server that cannot be reached; undefined for any other error. */
export function connectionError(what: string, error: unknown): CliError | undefined {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return UNREACHABLE.has(code)
    ? new CliError(EXIT_CODE.unreachable, 'unreachable', `${what} cannot be reached (${code})`)
    : undefined;
}
