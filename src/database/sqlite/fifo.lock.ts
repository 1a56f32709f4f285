import { TypeORMError } from 'typeorm';

/** A mutex that is granted in the order of the calls. */
export class FifoLock {
  private isLocked = false;
  private readonly waiting: { grant: () => void; refuse: (error: unknown) => void; timer: NodeJS.Timeout }[] = [];

  /** Throws when the lock is not granted within `timeoutMs`. */
  async acquire(timeoutMs: number): Promise<void> {
    if (!this.isLocked) {
      this.isLocked = true;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(new TypeORMError('the database is busy: a statement waited too long for the connection'));
      }, timeoutMs);
      const entry = { grant: resolve, refuse: reject, timer };
      this.waiting.push(entry);
    });
  }

  /** Refuses every call that waits now. */
  refuseWaiting(error: unknown): void {
    for (const { refuse, timer } of this.waiting.splice(0)) {
      clearTimeout(timer);
      refuse(error);
    }
  }

  release(): void {
    const next = this.waiting.shift();
    if (!next) {
      this.isLocked = false;
      return;
    }
    clearTimeout(next.timer);
    next.grant();
  }
}
