import { existsSync } from 'node:fs';
import type { DatabaseConfig } from '../config/app.config.js';
import { createEventTables, EVENT_SCHEMA_VERSION, eventFileOf } from '../events/store/event.file.js';
import { type Rebuilt, rebuildFile, whileNoServer } from './sqlite.rebuild.js';

/**
 * Rebuilds the file of events as `rebuildSqlite` does the main file, whose lock it takes. Undefined when there is no file of
 * events: the next start creates it. Throws StartupError while a server or a dispatcher uses it.
 */
export async function rebuildEvents(
  config: DatabaseConfig,
  version = EVENT_SCHEMA_VERSION,
): Promise<Rebuilt | undefined> {
  const file = eventFileOf(config.path);
  if (!existsSync(file)) return undefined;
  return whileNoServer(config.path, async () =>
    rebuildFile(file, { version, create: async (fresh) => createEventTables(config, fresh, version) }),
  );
}
