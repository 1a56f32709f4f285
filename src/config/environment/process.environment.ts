import { FILE_VARIABLES, SECRET_VARIABLES, VARIABLES } from './environment.js';
import { PROXY_VARIABLES } from './proxy.choice.js';
import { readEnvFile } from './env.reader.js';
import { givenVariables, withValue } from './given.variables.js';
import { fileVariable } from './secret.files.js';
import type { Variables, VariableSources } from '../values/variables.js';

/**
 * The variables of `.env` and process.env, which has precedence; an empty one there does not hide the one in the file.
 * Secrets are read from their files. A file that cannot be read stays named, and `loadConfig` refuses it. No other code
 * reads process.env.
 */
export function processVariables(envFile = '.env'): Variables {
  return givenVariables({ ...readEnvFile(envFile), ...withValue(process.env) }).variables;
}

/** What another variable implies when it is not set itself: see `givenVariables`. */
const IMPLIED_BY: Readonly<Record<string, string>> = { LISTEN_ADDR: 'PORT', DB_DRIVER: 'DATABASE_URL' };

/** The variables whose values are from the file of `processVariables`, or from the file of a secret. */
export function variableSources(envFile = '.env'): VariableSources {
  const environment = withValue(process.env);
  const given = { ...withValue(readEnvFile(envFile)), ...environment };
  const secrets = new Set<string>(FILE_VARIABLES);
  const isOfFile = (name: string): boolean => {
    if (given[name] !== undefined) return environment[name] === undefined;
    if (secrets.has(name) && given[fileVariable(name)] !== undefined) return true;
    return name in IMPLIED_BY && isOfFile(IMPLIED_BY[name]!);
  };
  return Object.fromEntries(VARIABLES.filter(isOfFile).map((name) => [name, 'file']));
}

/** True when the environment has the variable, which then takes precedence over a file. */
export const isInEnvironment = (name: string): boolean => process.env[name] !== undefined;

/** Removes the secrets from process.env, so that no memory dump, child process or crash report contains them. */
export function forgetSecrets(): void {
  for (const name of [...SECRET_VARIABLES, ...PROXY_VARIABLES]) delete process.env[name];
}
