/** Runs a task again and again, one run at a time. It does not keep the process alive. */
export class RepeatingTimer {
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** `task` returns the milliseconds until its next run, and does not throw. */
  constructor(private readonly task: () => Promise<number>) {}

  startIn(ms: number): void {
    if (!this.isClosed) this.timer = setTimeout(() => void this.run(), ms).unref();
  }

  /** A task that runs is not stopped. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.startIn(await this.task());
  }
}
