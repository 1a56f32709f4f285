/** How long bodies may be inspected in one turn of the event loop: other requests wait no longer. */
const BUDGET_MS = 4;

/** Spreads the inspection of bodies over the turns of the event loop, in the order in which they came. */
export class TurnBudget {
  private readonly waiting: (() => void)[] = [];
  private spentMs = 0;
  private isArmed = false;

  /** Runs a task at once while the budget of the turn lasts, else in a later turn. */
  run(task: () => void): void {
    if (this.waiting.length > 0 || this.spentMs >= BUDGET_MS) this.waiting.push(task);
    else this.timed(task);
    this.arm();
  }

  private timed(task: () => void): void {
    const startedAt = performance.now();
    task();
    this.spentMs += performance.now() - startedAt;
  }

  private arm(): void {
    if (this.isArmed) return;
    this.isArmed = true;
    setImmediate(this.nextTurn);
  }

  private readonly nextTurn = (): void => {
    this.isArmed = false;
    this.spentMs = 0;
    while (this.waiting.length > 0 && this.spentMs < BUDGET_MS) this.timed(this.waiting.shift()!);
    if (this.waiting.length > 0) this.arm();
  };
}
