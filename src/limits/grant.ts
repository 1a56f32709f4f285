/** A request that was counted. */
export class Grant {
  private isRunning = true;
  private isCounted = true;

  constructor(
    private readonly free: (() => void) | undefined,
    private readonly uncount: () => void,
  ) {}

  /** Whether somebody has to say when it is over. */
  get hasSlot(): boolean {
    return this.free !== undefined;
  }

  /** It is over: frees its slot. Once; again changes nothing. */
  release(): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.free?.();
  }

  /** It was refused for another reason: as if it had never been counted. */
  giveBack(): void {
    this.release();
    if (!this.isCounted) return;
    this.isCounted = false;
    this.uncount();
  }
}
