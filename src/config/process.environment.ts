import { SECRET_VARIABLES } from './environment.js';
import { readEnvFile, type Variables } from './config.loader.js';

/** The only place that reads process.env: what `.env` says, overruled by the real environment. */
export function processVariables(envFile = '.env'): Variables {
  return { ...readEnvFile(envFile), ...process.env };
}

/** Takes the secrets out of process.env, so that no dump, child process or crash report finds them there. */
export function forgetSecrets(): void {
  for (const name of SECRET_VARIABLES) delete process.env[name];
}
