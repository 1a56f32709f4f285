import { SECRET_VARIABLES } from './environment.js';
import { PROXY_VARIABLES } from './proxy.choice.js';
import { readEnvFile, type Variables } from './config.loader.js';

/** The variables of `.env` and process.env, which has precedence. No other code reads process.env. */
export function processVariables(envFile = '.env'): Variables {
  return { ...readEnvFile(envFile), ...process.env };
}

/** True when the environment has the variable, which then takes precedence over a file. */
export const isInEnvironment = (name: string): boolean => process.env[name] !== undefined;

/** Removes the secrets from process.env, so that no memory dump, child process or crash report contains them. */
export function forgetSecrets(): void {
  for (const name of [...SECRET_VARIABLES, ...PROXY_VARIABLES]) delete process.env[name];
}
