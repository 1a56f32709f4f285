import type { Clock } from '../values/clock.js';
import { evictOldest } from '../values/evict.oldest.js';

const MAX_KEPT = 100;

/** Keeps answers that cost much for a moment. Only one is made at a time; callers of the same one share it. */
export class KeptAnswers<T> {
  private readonly kept = new Map<string, { readonly answer: T; readonly untilMs: number }>();
  private readonly making = new Map<string, Promise<T>>();
  private last: Promise<unknown> = Promise.resolve();

  /** `keepMs` says how long an answer is kept. */
  constructor(
    private readonly clock: Clock,
    private readonly keepMs: (answer: T) => number,
  ) {}

  /** `key` names the answer. Failures are not kept. */
  async of(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.kept.get(key);
    if (known && known.untilMs > this.clock.now()) return known.answer;
    const running = this.making.get(key);
    if (running) return running;
    const made = this.last.then(async () => this.make(key, make)).finally(() => this.making.delete(key));
    this.making.set(key, made);
    this.last = made.catch(() => undefined);
    return made;
  }

  private async make(key: string, make: () => Promise<T>): Promise<T> {
    const answer = await make();
    this.kept.delete(key);
    evictOldest(this.kept, MAX_KEPT);
    this.kept.set(key, { answer, untilMs: this.clock.now() + this.keepMs(answer) });
    return answer;
  }
}
