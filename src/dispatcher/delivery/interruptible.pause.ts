/** A pause that `wake` ends early. One pause at a time. */
export class InterruptiblePause {
  private end: (() => void) | undefined;

  /** Resolves after `ms`, or at `wake`. The timer keeps no process alive. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end?.(), ms).unref();
      this.end = () => {
        clearTimeout(timer);
        this.end = undefined;
        resolve();
      };
    });
  }

  wake(): void {
    this.end?.();
  }
}
