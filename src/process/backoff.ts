const FIRST_MS = 100;
const LONGEST_MS = 30_000;
/** Whoever ran this long was no part of a row of crashes. */
const STEADY_MS = 60_000;

/** How long to wait before something that ended is started again: not at all at first, then twice as long each time until it has run for a minute. */
export class Backoff {
  private nextMs = 0;

  pauseMs(ranMs: number): number {
    if (ranMs >= STEADY_MS) this.nextMs = 0;
    const pause = this.nextMs;
    this.nextMs = Math.min(Math.max(2 * pause, FIRST_MS), LONGEST_MS);
    return pause;
  }
}
