import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy, isConflict } from './database.error.js';

const LIMIT_MS = 30_000;
const PAUSE_MS = 20;

/**
 * For commands that work on a database while servers do: runs `work`, one transaction or statement, again for half a
 * minute when others hold the file or the rows.
 */
export async function retryWhileBusy<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(isBusy(error) || isConflict(error)) || performance.now() > giveUpAt) throw error;
    }
    await sleep(PAUSE_MS);
  }
}
