import type { DataSource } from 'typeorm';
import { ENTITIES } from '../../app.entities.js';
import type { AppConfig } from '../../config/app.config.js';
import { loadConfig, type Variables } from '../../config/config.loader.js';
import { KeyRing } from '../../crypto/key.ring.js';
import { openOrCreate, openOrInMemory } from '../../maintenance/create.database.js';
import { openDatabase } from '../../maintenance/open.database.js';
import { CliError, EXIT_CODE } from '../terminal/cli.error.js';

/** An open database and the keys to what is in it. */
export interface DatabaseSession {
  dataSource: DataSource;
  ring: KeyRing;
  config: AppConfig;
}

/** What becomes of a database that is not there yet. */
export type WhenNew = keyof typeof OPEN;

const OPEN = { refuse: openDatabase, create: openOrCreate, imagine: openOrInMemory };

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']);

/** Opens the database that `variables` name, works on it and closes it. */
export async function withSession<T>(
  variables: Variables,
  whenNew: WhenNew,
  work: (session: DatabaseSession) => Promise<T>,
): Promise<T> {
  const { config } = loadConfig(variables);
  const dataSource = await OPEN[whenNew](config.database, ENTITIES);
  try {
    return await work({ dataSource, ring: new KeyRing(config), config });
  } finally {
    await dataSource.destroy();
  }
}

/** What a server that cannot be reached is told as; undefined for any other error. */
export function connectFault(what: string, error: unknown): CliError | undefined {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return UNREACHABLE.has(code)
    ? new CliError(EXIT_CODE.unreachable, 'unreachable', `${what} cannot be reached (${code})`)
    : undefined;
}
