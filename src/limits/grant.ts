/** A request that was counted. */
export class Grant {
  private isRunning = true;
  private isCounted = true;

  constructor(
    private readonly freeSlot: (() => void) | undefined,
    private readonly uncount: () => void,
  ) {}

  /** Frees the slot of a request that has ended. Idempotent. */
  release(): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.freeSlot?.();
  }

  /** Undoes the count of a request that was refused for another reason. Idempotent. */
  giveBack(): void {
    this.release();
    if (!this.isCounted) return;
    this.isCounted = false;
    this.uncount();
  }
}
