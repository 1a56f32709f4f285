/** Runs a task at most once at a time. All requests during a run cause one more run after it. */
export class CoalescedTask {
  private running: Promise<void> | undefined;
  private isRequestedAgain = false;

  /** `task` must never reject. */
  constructor(private readonly task: () => Promise<void>) {}

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  request(): void {
    if (this.running) this.isRequestedAgain = true;
    else this.running = this.run();
  }

  /** Resolves when no run is in progress. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    do {
      this.isRequestedAgain = false;
      await this.task();
    } while (this.isRequestedAgain);
    this.running = undefined;
  }
}
