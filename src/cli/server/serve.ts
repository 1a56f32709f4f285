import type { Variables } from '../../config/config.loader.js';

/** What may be said on the command line in place of a variable. */
export interface ServerFlags {
  addr?: string;
  db?: string;
  logLevel?: string;
}

/** Serves until it is told to stop and has drained; a flag wins over the environment, and the environment over the file. */
export async function serveWith(variables: Variables, { addr, db, logLevel }: ServerFlags): Promise<void> {
  const flags = Object.entries({ LISTEN_ADDR: addr, DATABASE_PATH: db, LOG_LEVEL: logLevel }).filter(
    ([, value]) => value !== undefined,
  );
  // Loaded only here: the server's libraries cost more start time than a whole management call.
  const { serve } = await import('../../process/server.process.js');
  await serve({ ...variables, ...Object.fromEntries(flags) });
}
