/** How long a test waits for a condition, unless it says otherwise. Only a hang takes that long, on a busy machine too. */
export const PATIENCE_MS = 20_000;

/** Checks the conditions that are waited for whenever something has changed: nothing polls, nothing sleeps. */
export class Changes {
  private readonly waiters = new Set<() => void>();

  notify(): void {
    for (const check of this.waiters) check();
  }

  /** Resolves with what `look` gives as soon as that is not undefined; rejects after `timeoutMs` (`Infinity`: never). */
  until<T>(what: string, look: () => T | undefined, timeoutMs = PATIENCE_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        try {
          const seen = look();
          if (seen === undefined) return;
          settle(() => resolve(seen));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.waiters.delete(check);
        act();
      };
      const expire = (): void => settle(() => reject(new Error(`waited ${timeoutMs} ms for ${what}`)));
      const timer = Number.isFinite(timeoutMs) ? setTimeout(expire, timeoutMs) : undefined;
      this.waiters.add(check);
      check();
    });
  }
}
