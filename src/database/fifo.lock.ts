import { TypeORMError } from 'typeorm';

/** A mutual exclusion that is fair and gives up: waiting longer than `timeoutMs` throws. */
export class FifoLock {
  private held = false;
  private readonly waiting: { grant: () => void; timer: NodeJS.Timeout }[] = [];

  constructor(private readonly timeoutMs: number) {}

  async acquire(): Promise<void> {
    if (!this.held) {
      this.held = true;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(new TypeORMError('the database is busy: a statement waited too long for its turn'));
      }, this.timeoutMs);
      const entry = { grant: resolve, timer };
      this.waiting.push(entry);
    });
  }

  release(): void {
    const next = this.waiting.shift();
    if (!next) {
      this.held = false;
      return;
    }
    clearTimeout(next.timer);
    next.grant();
  }
}
