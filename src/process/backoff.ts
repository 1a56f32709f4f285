const FIRST_MS = 100;
const LONGEST_MS = 30_000;
/** A process that ran this long ends a series of crashes. */
const STEADY_MS = 60_000;

/** The pause before a process is started again: none at first, then twice as long each time, until one has run for a minute. */
export class Backoff {
  private nextMs = 0;

  pauseMs(ranMs: number): number {
    if (ranMs >= STEADY_MS) this.nextMs = 0;
    const pause = this.nextMs;
    this.nextMs = Math.min(Math.max(2 * pause, FIRST_MS), LONGEST_MS);
    return pause;
  }
}
