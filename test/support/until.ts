import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE_MS } from './changes.js';

/** Milliseconds between two looks: a spinning loop would take the processor from the server it waits for. */
const PAUSE_MS = 10;

/** Resolves once the condition holds; throws after `patienceMs` with the name of the condition. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`waited too long for: ${what}`);
    await pause(PAUSE_MS);
  }
}
