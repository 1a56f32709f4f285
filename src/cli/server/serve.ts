import { variableSources } from '../../config/environment/process.environment.js';
import type { Variables } from '../../config/values/variables.js';

/** The flags that override a variable. */
export interface ServerFlags {
  /** The file that the variables are from. */
  env?: string;
  addr?: string;
  db?: string;
  logLevel?: string;
  logFile?: string;
}

/** Runs the server until it has stopped. A flag takes precedence over a variable. */
export async function serveWith(
  variables: Variables,
  { env, addr, db, logLevel, logFile }: ServerFlags,
): Promise<void> {
  const overrides = { LISTEN_ADDR: addr, DATABASE_PATH: db, LOG_LEVEL: logLevel, LOG_FILE: logFile };
  const flags = Object.entries(overrides).filter(([, value]) => value !== undefined);
  // Imported here, because loading the server's libraries takes longer than a whole management call.
  const { serve } = await import('../../process/server.process.js');
  const sources = { ...variableSources(env), ...Object.fromEntries(flags.map(([name]) => [name, 'flag' as const])) };
  await serve({ ...variables, ...Object.fromEntries(flags) }, env, sources);
}
