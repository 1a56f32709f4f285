/** A pause that `wake` ends early. One pause at a time. */
export class InterruptiblePause {
  private end: (() => void) | undefined;

  /** Resolves after `ms`, or at `wake`. Keeps the process alive: a dispatcher may have nothing else to wait for. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end?.(), ms);
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
