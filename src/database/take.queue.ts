import { errors } from '../common/errors/errors.js';

/** How takes of one kind are counted, refused and given back. */
export interface Taking<Subject, Receipt> {
  /** True when one statement can serve requests of both: they were judged by the same revisions. */
  isAlike(one: Subject, other: Subject): boolean;
  /** A receipt for every request that is granted and durably counted, at most `wanted`. Throws when the outcome is unknown. */
  take(subject: Subject, wanted: number): Promise<readonly Receipt[]>;
  /** Why the database granted no more: what the remaining requests are refused with. */
  whyRefused(subject: Subject): Promise<unknown>;
  /** Gives back grants whose requests have been refused meanwhile. Never rejects. */
  giveBack(subject: Subject, receipts: readonly Receipt[]): Promise<void>;
}

interface Waiting<Subject, Receipt> {
  subject: Subject;
  /** performance.now(). A grant after it is given back. */
  giveUpAt: number;
  grant: (receipt: Receipt) => void;
  refuse: (error: unknown) => void;
}

/** How often late requests are refused: a request waits at most this much longer than its limit, in milliseconds. */
const REFUSE_LATE_EVERY_MS = 25;

/**
 * Exact takes from a row. Each row has one statement in flight. The next statement grants all requests that arrive
 * meanwhile: a hot row costs a statement a batch instead of a statement a request. A request proceeds after the database has
 * acknowledged the commit. When the outcome is unknown, it is refused.
 */
export class TakeQueue<Subject, Receipt> {
  /** By row. An entry exists while a statement for the row is in flight. */
  private readonly queues = new Map<string, Waiting<Subject, Receipt>[]>();

  constructor(
    private readonly limitMs: number,
    private readonly taking: Taking<Subject, Receipt>,
  ) {}

  /**
   * Resolves when one request is counted. Throws the refusal. All waits of a request for the database share one limit:
   * `waitedMs` is how long the request has waited before.
   */
  take(row: string, subject: Subject, waitedMs: number): Promise<Receipt> {
    return new Promise((grant, refuse) => {
      const waiting = { subject, giveUpAt: performance.now() + this.limitMs - waitedMs, grant, refuse };
      const queue = this.queues.get(row);
      if (queue) {
        queue.push(waiting);
        return;
      }
      const first = [waiting];
      this.queues.set(row, first);
      // The statement also grants the requests that arrive in this turn of the event loop.
      setImmediate(() => void this.serve(row, first));
    });
  }

  private async serve(row: string, queue: Waiting<Subject, Receipt>[]): Promise<void> {
    while (queue.length > 0) await this.serveBatch(queue);
    this.queues.delete(row);
  }

  private async serveBatch(queue: Waiting<Subject, Receipt>[]): Promise<void> {
    const batch = this.spliceAlike(queue);
    const { subject } = batch[0]!;
    const lateness = setInterval(refuseLate, REFUSE_LATE_EVERY_MS, batch, queue);
    try {
      this.grant(subject, batch, await this.taking.take(subject, batch.length));
      if (batch.length === 0) return;
      const refusal = await this.taking.whyRefused(subject);
      for (const waiting of batch) waiting.refuse(refusal);
    } catch (error) {
      const unavailable = errors.storeUnavailable(error);
      // Requests that arrived meanwhile are refused too: they have waited as long for the same database.
      for (const waiting of [...batch, ...queue.splice(0)]) waiting.refuse(unavailable);
    } finally {
      clearInterval(lateness);
    }
  }

  /** Requests of the batch may be late since the statement was sent: their grants are given back. */
  private grant(subject: Subject, batch: Waiting<Subject, Receipt>[], receipts: readonly Receipt[]): void {
    const served = batch.splice(0, receipts.length);
    for (const [i, waiting] of served.entries()) waiting.grant(receipts[i]!);
    if (served.length < receipts.length) void this.taking.giveBack(subject, receipts.slice(served.length));
  }

  /** Removes all requests that one statement can serve together with the first. */
  private spliceAlike(queue: Waiting<Subject, Receipt>[]): Waiting<Subject, Receipt>[] {
    const first = queue[0]!.subject;
    const all = queue.splice(0);
    queue.push(...all.filter(({ subject }) => !this.taking.isAlike(first, subject)));
    return all.filter(({ subject }) => this.taking.isAlike(first, subject));
  }
}

/** Removes and refuses the requests that have reached their limit. */
function refuseLate(...lists: Waiting<unknown, never>[][]): void {
  const now = performance.now();
  for (const list of lists) {
    const late = list.filter(({ giveUpAt }) => giveUpAt <= now);
    if (late.length === 0) continue;
    list.splice(0, Infinity, ...list.filter(({ giveUpAt }) => giveUpAt > now));
    const unavailable = errors.storeUnavailable(new Error('the take was not acknowledged in time'));
    for (const waiting of late) waiting.refuse(unavailable);
  }
}
