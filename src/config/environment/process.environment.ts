import { SECRET_VARIABLES } from './environment.js';
import { PROXY_VARIABLES } from './proxy.choice.js';
import { readEnvFile } from './env.reader.js';
import { givenVariables, withValue } from './given.variables.js';
import type { Variables } from '../values/variables.js';

/**
 * The variables of `.env` and process.env, which has precedence; an empty one there does not hide the one in the file.
 * Secrets are read from their files. A file that cannot be read stays named, and `loadConfig` refuses it. No other code
 * reads process.env.
 */
export function processVariables(envFile = '.env'): Variables {
  return givenVariables({ ...readEnvFile(envFile), ...withValue(process.env) }).variables;
}

/** True when the environment has the variable, which then takes precedence over a file. */
export const isInEnvironment = (name: string): boolean => process.env[name] !== undefined;

/** Removes the secrets from process.env, so that no memory dump, child process or crash report contains them. */
export function forgetSecrets(): void {
  for (const name of [...SECRET_VARIABLES, ...PROXY_VARIABLES]) delete process.env[name];
}
