import { existsSync } from 'node:fs';
import { EXIT, StartupError } from '../../common/errors/startup.error.js';
import type { AppConfig } from '../../config/app.config.js';
import { loadConfig } from '../../config/config.loader.js';
import type { Variables } from '../../config/values/variables.js';
import type { EventDatabase } from '../../events/store/event.database.js';
import { openEventDatabase } from '../../events/store/event.database.open.js';
import { eventFileOf, prepareEventDatabase } from '../../events/store/event.file.js';
import { openDatabase } from '../../maintenance/open.database.js';

/** Opens the database of events that `variables` name, also while servers run, and closes it after `work`. */
export async function withEvents<T>(
  variables: Variables,
  work: (database: EventDatabase, config: AppConfig) => Promise<T>,
): Promise<T> {
  const { config } = loadConfig(variables);
  await assertExists(config);
  const database = await openEventDatabase(await prepareEventDatabase(config.database));
  try {
    return await work(database, config);
  } finally {
    await database.close();
  }
}

/** A command for a database that is not there would create it empty, and hide a wrong path. */
async function assertExists({ database }: AppConfig): Promise<void> {
  const file = eventFileOf(database.path);
  if (database.driver === 'sqlite' && !existsSync(file))
    throw new StartupError(EXIT.config, [`DATABASE_PATH there is no file of events: ${file}`]);
  if (database.driver !== 'sqlite') await (await openDatabase(database, [])).destroy();
}
