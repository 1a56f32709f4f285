import { once } from 'node:events';

/** What ends a server: a signal (or an uncaught exception) to drain, and a second one to stop waiting. */
export interface StopSignals {
  first: Promise<string | Error>;
  second: Promise<unknown>;
}

/** Those of this process. */
export function processSignals(): StopSignals {
  const signal = async (): Promise<string> =>
    Promise.race(['SIGTERM', 'SIGINT'].map(async (name) => once(process, name).then(() => name)));
  const failure = once(process, 'uncaughtException').then(([error]) => asError(error));
  const first = Promise.race([signal(), failure]);
  return { first, second: first.then(signal) };
}

export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
