import { once } from 'node:events';

/** What stops a server: the first signal or uncaught exception starts the drain, a second signal ends the wait. */
export interface StopSignals {
  first: Promise<string | Error>;
  second: Promise<unknown>;
}

/** The signals of this process. */
export function processSignals(): StopSignals {
  const signal = async (): Promise<string> =>
    Promise.race(['SIGTERM', 'SIGINT'].map(async (name) => once(process, name).then(() => name)));
  const failure = once(process, 'uncaughtException').then(([error]) => asError(error));
  const first = Promise.race([signal(), failure]);
  return { first, second: first.then(signal) };
}

export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
