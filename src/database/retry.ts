import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy, isConflict } from './dialect/driver.code.js';

/** When to stop trying, and the pause before the n-th next try. */
interface Patience {
  limitMs: number;
  maxTries: number;
  pauseMs(tries: number): number;
}

const IN_A_REQUEST: Patience = { limitMs: 100, maxTries: 4, pauseMs: (tries) => 5 * tries };
const IN_A_COMMAND: Patience = { limitMs: 30_000, maxTries: Infinity, pauseMs: () => 20 };

/**
 * Runs `work`, a whole transaction or a single statement, again after a conflict with another transaction: at most three
 * times, for at most 100 ms. InnoDB reports a deadlock at once, so the retry helps. PostgreSQL looks for a deadlock only
 * after a second, and the statement timeout has passed by then. Therefore nothing relies on this retry: code that locks
 * several rows locks them in the order of their ids, which rules out deadlocks.
 */
export async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  return retry(work, isConflict, IN_A_REQUEST);
}

/** For commands that run beside servers: retries `work`, one transaction or statement, for 30 s while the file or rows are locked. */
export async function retryWhileBusy<T>(work: () => Promise<T>): Promise<T> {
  return retry(work, (error) => isBusy(error) || isConflict(error), IN_A_COMMAND);
}

async function retry<T>(
  work: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
  { limitMs, maxTries, pauseMs }: Patience,
): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || tries === maxTries || performance.now() > giveUpAt) throw error;
    }
    await sleep(pauseMs(tries));
  }
}
