/** Work that is never done twice at once; who asks for it while it is done gets it done once more, from the beginning. */
export class OneAtATime {
  private running: Promise<void> | undefined;
  private again = false;

  /** `work` never throws. */
  constructor(private readonly work: () => Promise<void>) {}

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  ask(): void {
    if (this.running) this.again = true;
    else this.running = this.run();
  }

  /** Resolves when nothing is being done. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    do {
      this.again = false;
      await this.work();
    } while (this.again);
    this.running = undefined;
  }
}
