import { TypeORMError } from 'typeorm';

/** A mutual exclusion that is fair, and patient only so long. */
export class FifoLock {
  private held = false;
  private readonly waiting: { grant: () => void; timer: NodeJS.Timeout }[] = [];

  /** Throws when it was not this caller's turn within `timeoutMs`. */
  async acquire(timeoutMs: number): Promise<void> {
    if (!this.held) {
      this.held = true;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(new TypeORMError('the database is busy: a statement waited too long for its turn'));
      }, timeoutMs);
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
