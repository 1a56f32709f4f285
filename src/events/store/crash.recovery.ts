import { readBehind } from './behind.segments.js';
import type { EventDatabase } from './event.database.js';
import { crashEvent, foldOf } from './event.fold.js';
import type { EventWriter, Written } from './event.writer.js';
import { lockMark, lockSums, type Mark, putMark, RECOVERED, replicasBehind } from './mark.table.js';

/** Completes what replicas left behind that are not live. */
export class CrashRecovery {
  constructor(
    private readonly database: EventDatabase,
    private readonly writer: EventWriter,
    private readonly nameOf: (model: string) => string | undefined,
  ) {}

  /** Returns the number of `crash` events. They are events of this process. */
  async recover(live: ReadonlySet<string>): Promise<number> {
    let count = 0;
    for (const replica of await replicasBehind(this.database)) {
      if (live.has(replica) || replica === this.writer.identity.replica) continue;
      count += await this.recoverOne(replica);
    }
    return count;
  }

  /** The mark is locked and moved in one transaction: of several processes one finds something to do. */
  private async recoverOne(replica: string): Promise<number> {
    const key = {};
    await this.writer.isWritten(key);
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
