import { SlotSet } from '../../common/values/slot.set.js';
import { errors } from '../../common/errors/errors.js';
import type { Exchange } from '../../http/exchange.js';
import type { ExchangeObserver } from '../../http/exchange.observers.js';
import type { Notice } from '../event/proxy.event.js';
import { AwaitedNotices, type Outcome } from './awaited.notices.js';
import { BatchBuilder } from './batch.builder.js';
import type { EventsThread } from './events.thread.js';
import type { JournalBatch } from './journal.batch.js';

/** An event waits this long for others to go with, and an exchange that runs for longer is recorded as open. */
const FLUSH_MS = 50;
/** How long a request waits for its record under `strict`. */
const DURABLE_MS = 900;

/** What the journal needs of the worker. */
export type BatchPost = Pick<EventsThread, 'post'>;

/** Makes one event of each proxied exchange, and hands batches of them to the events worker. It never waits for the worker. */
export class EventJournal implements ExchangeObserver {
  private readonly builder = new BatchBuilder();
  /**
   * Exchanges that began since the last tick. One that still runs then is recorded as open; short ones never are. An ended
   * one leaves at once: a list would keep each with its sockets until the tick, long enough to be promoted.
   */
  private readonly begunNow = new SlotSet<Exchange>();
  private timer: NodeJS.Timeout | undefined;
  /** Under `strict`: who waits for the batch that is built, and for those that are sent. */
  private next: PromiseWithResolvers<void> | undefined;
  private readonly awaited = new Map<number, PromiseWithResolvers<void>>();
  private readonly notices = new AwaitedNotices();

  constructor(
    private readonly worker: BatchPost,
    private readonly isStrict: boolean,
  ) {}

  onClosed(exchange: Exchange): void {
    if (exchange.route !== 'proxied') return;
    if (exchange.journalSlot) this.begunNow.delete(exchange.journalSlot);
    this.builder.add(exchange);
    if (this.builder.isFull) this.flush();
    else this.timer ??= this.tickSoon();
  }

  /**
   * An admitted exchange begins. Under `strict` the promise resolves when its record is durable: nothing goes upstream
   * before. It rejects with `store_unavailable` when the store does not take the record.
   */
  begun(exchange: Exchange): void | Promise<void> {
    if (this.isStrict) return this.record(exchange);
    exchange.journalSlot = this.begunNow.add(exchange);
    this.timer ??= this.tickSoon();
  }

  /** Resolves when the notice is durable, or cannot become it. */
  async notify(notice: Notice): Promise<Outcome> {
    this.builder.addNotice(notice);
    this.timer ??= this.tickSoon();
    return this.notices.add(notice.id);
  }

  onDurable(id: number, notices: readonly string[]): void {
    this.notices.durable(id, notices);
    for (const [batch, waiting] of this.awaited) {
      // Batches are awaited in the order of their ids.
      if (batch > id) return;
      this.awaited.delete(batch);
      waiting.resolve();
    }
  }

  onLost({ id }: JournalBatch): void {
    this.notices.lost(id);
    const waiting = this.awaited.get(id);
    this.awaited.delete(id);
    waiting?.reject(errors.storeUnavailable());
  }

  /** Hands over what is collected, the exchanges that still run included. */
  close(): void {
    clearTimeout(this.timer);
    this.tick();
  }

  private tickSoon(): NodeJS.Timeout {
    return setTimeout(() => this.tick(), FLUSH_MS).unref();
  }

  private tick(): void {
    this.timer = undefined;
    for (const exchange of this.begunNow) {
      this.begunNow.delete(exchange.journalSlot!);
      if (exchange.closedAt === undefined) this.builder.addOpen(exchange);
    }
    if (!this.builder.isEmpty) this.flush();
  }

  private flush(): void {
    const batch = this.builder.take();
    this.notices.sent(batch.id);
    if (this.next) this.awaited.set(batch.id, this.next);
    this.next = undefined;
    this.worker.post(batch);
  }

  /** Records that come in one turn of the event loop go together. */
  private async record(exchange: Exchange): Promise<void> {
    this.builder.addOpen(exchange);
    if (!this.next) setImmediate(() => this.next && this.flush());
    this.next ??= Promise.withResolvers();
    await withinLimit(this.next.promise);
  }
}

async function withinLimit(durable: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(errors.storeUnavailable()), DURABLE_MS);
  });
  try {
    await Promise.race([durable, late]);
  } finally {
    clearTimeout(timer);
  }
}
