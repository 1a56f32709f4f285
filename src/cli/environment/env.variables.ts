import { existsSync } from 'node:fs';
import { ConfigError } from '../../config/config.error.js';
import type { Variables } from '../../config/variables.js';
import { processVariables } from '../../config/process.environment.js';

export const DEFAULT_ENV_FILE = '.env';

/** The variables of the file, overridden by the environment. A file that is named explicitly must exist. */
export function envVariables(file: string | undefined): Variables {
  if (file !== undefined && !existsSync(file)) throw new ConfigError([`${file}: no such file`]);
  return processVariables(file ?? DEFAULT_ENV_FILE);
}
