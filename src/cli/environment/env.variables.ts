import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../../config/values/config.error.js';
import type { Variables } from '../../config/values/variables.js';
import { isInEnvironment, processVariables } from '../../config/environment/process.environment.js';

export const DEFAULT_ENV_FILE = '.env';

/** The variables of the file, overridden by the environment. A file that is named explicitly must exist. */
export function envVariables(file: string | undefined): Variables {
  if (file !== undefined && !existsSync(file)) throw new ConfigError([`${file}: no such file`]);
  return processVariables(file ?? DEFAULT_ENV_FILE);
}

/** Where `envVariables` found the variable, in words. */
export const sourceOf = (name: string, file = DEFAULT_ENV_FILE): string =>
  isInEnvironment(name) ? 'the environment' : resolve(file);

/** Where a missing variable was looked for, as the end of a sentence. */
export function missingFrom(name: string, file = DEFAULT_ENV_FILE): string {
  const path = resolve(file);
  return existsSync(path)
    ? `neither the environment nor ${path} has ${name}`
    : `the environment does not have ${name}, and there is no file ${path}`;
}
