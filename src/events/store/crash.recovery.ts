import { readBehind } from './behind.segments.js';
import type { EventDatabase } from './event.database.js';
import { crashEvent, foldOf } from './event.fold.js';
import type { StoreSettings } from './event.draft.js';
import type { EventWriter, Written } from './event.writer.js';
import { lockMark, lockSums, type Mark, putMark, RECOVERED, replicasBehind } from './mark.table.js';

const QUIET_MS = 6000;

/** Completes what replicas left behind that are not live. */
export class CrashRecovery {
  private readonly nameOf: StoreSettings['nameOf'];
  private readonly quietMs: number;
  private live: ReadonlySet<string> = new Set();
  /** Replicas that may be dead: where their marks are, and since when by performance.now(). */
  private readonly watched = new Map<string, { readonly markedAt: number; readonly since: number }>();
  private isWaiting = false;

  constructor(
    private readonly database: EventDatabase,
    private readonly writer: EventWriter,
    { nameOf, quietMs }: Pick<StoreSettings, 'nameOf' | 'quietMs'>,
  ) {
    this.nameOf = nameOf;
    this.quietMs = quietMs ?? (database.dialect === 'sqlite' ? 0 : QUIET_MS);
  }

  /** Returns the number of `crash` events. They are events of this process. */
  async recover(live: ReadonlySet<string>): Promise<number> {
    this.live = live;
    this.isWaiting = false;
    let count = 0;
    for (const { replica, markedAt } of await replicasBehind(this.database)) {
      if (live.has(replica) || replica === this.writer.identity.replica) this.watched.delete(replica);
      else if (this.isQuiet(replica, markedAt)) count += await this.recoverOne(replica);
      else this.isWaiting = true;
    }
    return count;
  }

  /** Looks again at replicas whose marks have not rested for long enough. */
  async goOn(): Promise<void> {
    if (this.isWaiting) await this.recover(this.live);
  }

  private isQuiet(replica: string, markedAt: number): boolean {
    const now = performance.now();
    const known = this.watched.get(replica);
    const since = known?.markedAt === markedAt ? known.since : now;
    this.watched.set(replica, { markedAt, since });
    if (now - since < this.quietMs) return false;
    this.watched.delete(replica);
    return true;
  }

  /** The mark is locked and moved in one transaction: of several processes one finds something to do. */
  private async recoverOne(replica: string): Promise<number> {
    const key = {};
    await this.writer.writtenBefore(key);
    let count = 0;
    await this.writer.write(key, async (transaction) => {
      await lockSums(transaction);
      const mark = await lockMark(transaction, replica);
      const written = mark ? await this.complete(transaction, mark) : await this.crashed(transaction, []);
      count = written.count;
      return written;
    });
    return count;
  }

  private async complete(transaction: EventDatabase, mark: Mark): Promise<Written> {
    const { sums, open, last } = await readBehind(transaction, mark, this.nameOf);
    await sums.write(transaction);
    const written = await this.crashed(transaction, open.list());
    await putMark(transaction, { ...mark, batch: RECOVERED, rolled: last, open: last + 1 });
    return written;
  }

  private async crashed(
    transaction: EventDatabase,
    open: readonly Parameters<typeof crashEvent>[0][],
  ): Promise<Written> {
    const first = this.writer.nextSeq;
    const events = open.map((exchange, at) => crashEvent(exchange, { ...this.writer.identity, seq: first + at }));
    const folds = events.map((event) => foldOf(event, this.nameOf));
    const lines = events.map((event) => JSON.stringify(event));
    return this.writer.insertEvents(transaction, { events: lines, notices: [], folds, open: [] });
  }
}
