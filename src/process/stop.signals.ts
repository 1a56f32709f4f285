import { once } from 'node:events';

/**
 * What stops a server: the first signal, uncaught exception or failure starts the drain, a second signal ends the wait.
 * A terminal that closes sends SIGHUP, often more than once: it starts a drain, and does not end the wait. With a log file
 * or an audit file it stops nothing, because it opens that file again.
 */
export interface StopSignals {
  first: Promise<string | Error>;
  second: Promise<unknown>;
  /** Resolves `first` with an error of the server's own. */
  fail(error: unknown): void;
}

/** The signals of this process. */
export function processSignals(stopsAtHangUp = true): StopSignals {
  const signal = async (...more: string[]): Promise<string> =>
    Promise.race(['SIGTERM', 'SIGINT', ...more].map(async (name) => once(process, name).then(() => name)));
  const uncaught = once(process, 'uncaughtException').then(([error]) => asError(error));
  const failure = Promise.withResolvers<Error>();
  // The listener stays: without one Node would end the process at the next SIGHUP.
  process.on('SIGHUP', () => undefined);
  const stop = stopsAtHangUp ? signal('SIGHUP') : signal();
  const first = Promise.race([stop, uncaught, failure.promise]);
  return { first, second: first.then(async () => signal()), fail: (error) => failure.resolve(asError(error)) };
}

export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
