import type { JournalBatch } from './journal.batch.js';

/** What the worker may have in its hands. More waits here, where the oldest can still be dropped. */
const MAX_POSTED_BATCHES = 64;
const MAX_POSTED_BYTES = 16 * 1024 * 1024;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Batches on their way to the worker, in order. Bounded: the oldest that waits is dropped for a new one. */
export class BatchQueue {
  private readonly waiting: JournalBatch[] = [];
  private posted: JournalBatch[] = [];
  private waitingEvents = 0;
  private waitingBytes = 0;
  private postedBytes = 0;
  /** Events that no store has. */
  dropped = 0;

  constructor(
    private readonly maxEvents: number,
    private readonly onLost: (batch: JournalBatch) => void,
  ) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.posted.length === 0;
  }

  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  add(batch: JournalBatch): void {
    this.waiting.push(batch);
    this.waitingEvents += batch.count;
    this.waitingBytes += batch.bytes;
    while (this.isOver && this.waiting.length > 1) this.lose(this.shift());
  }

  /** The next batch that the worker may have; undefined when it has enough. */
  next(): JournalBatch | undefined {
    const isEnough = this.posted.length >= MAX_POSTED_BATCHES || this.postedBytes >= MAX_POSTED_BYTES;
    if (isEnough || this.waiting.length === 0) return undefined;
    const batch = this.shift();
    this.posted.push(batch);
    this.postedBytes += batch.bytes;
    return batch;
  }

  /** All batches up to `id` are durable. */
  appended(id: number): void {
    const done = this.posted.findIndex((batch) => batch.id > id);
    const gone = this.posted.splice(0, done === -1 ? this.posted.length : done);
    for (const { bytes } of gone) this.postedBytes -= bytes;
  }

  /** The worker has ended. What it had may be stored or not: to give it to another one could count it twice. */
  losePosted(): number {
    const lost = this.posted;
    this.posted = [];
    this.postedBytes = 0;
    for (const batch of lost) this.lose(batch);
    return lost.reduce((sum, { count }) => sum + count, 0);
  }

  loseAll(): number {
    const before = this.dropped;
    this.losePosted();
    while (this.waiting.length > 0) this.lose(this.shift());
    return this.dropped - before;
  }

  private get isOver(): boolean {
    return this.waitingEvents > this.maxEvents || this.waitingBytes > MAX_WAITING_BYTES;
  }

  private shift(): JournalBatch {
    const batch = this.waiting.shift()!;
    this.waitingEvents -= batch.count;
    this.waitingBytes -= batch.bytes;
    return batch;
  }

  private lose(batch: JournalBatch): void {
    this.dropped += batch.count;
    this.onLost(batch);
  }
}
