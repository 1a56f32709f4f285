import { setTimeout as sleep } from 'node:timers/promises';
import { isConflict } from './database.error.js';

const MAX_TRIES = 4;
const LIMIT_MS = 100;
const PAUSE_MS = 5;

/**
 * Runs `work`, a whole transaction or one statement by itself, again when the server took it back because of another
 * transaction: up to three times, up to 100 ms. That is for what a server says at once, as InnoDB does of a deadlock.
 * PostgreSQL looks for one only after a second, and a wait for a row takes as long: by then the statement limit has passed,
 * and the caller is told that the store is busy. So nothing rests on this: who locks several rows locks them in the order
 * of their ids, and there is no deadlock.
 */
export async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + LIMIT_MS;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || tries === MAX_TRIES || performance.now() > giveUpAt) throw error;
    }
    await sleep(PAUSE_MS * tries);
  }
}
