import { isUniqueViolation } from '../../database/dialect/driver.code.js';
import { CrashRecovery } from './crash.recovery.js';
import type { SegmentDraft, StoreSettings, StoreStatus } from './event.draft.js';
import type { EventDatabase } from './event.database.js';
import { neverSeen } from './event.fold.js';
import { ensureLockRow } from './mark.table.js';
import { EventRetention } from './event.retention.js';
import { EventWriter, type Written } from './event.writer.js';
import { expiredWork } from './work.table.js';
import { storeStatus } from './store.status.js';
import { UsageWriter } from './usage.writer.js';

export type * from './event.draft.js';

/** Expired work of one transaction. */
const EXPIRED_AT_ONCE = 64;

/**
 * Writes the events and sums of one process. Calls take turns. After an error of `append` the same draft may be appended
 * again: it is written once, whatever the database did with the first try.
 */
export class EventStore {
  private readonly writer: EventWriter;
  private readonly usage: UsageWriter;
  private readonly recovery: CrashRecovery;
  private readonly retention: EventRetention;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: EventDatabase,
    private readonly settings: StoreSettings,
  ) {
    this.writer = new EventWriter(database, settings);
    this.usage = new UsageWriter(database, this.writer, settings.nameOf);
    this.recovery = new CrashRecovery(database, this.writer, settings);
    this.retention = new EventRetention(database, settings);
  }

  /** Registers this process; returns the epoch, which grows with every call for a replica. */
  async open(replicaId: string): Promise<number> {
    return this.inTurn(async () => {
      await ensureLockRow(this.database);
      return this.usage.open(replicaId);
    });
  }

  /**
   * One transaction; durable when it resolves. The sums are written by the next `writeUsage`. Returns the ids of the notices
   * that no process had sent before.
   */
  async append(draft: SegmentDraft): Promise<readonly string[]> {
    const notices = await this.inTurn(async () => this.write(draft));
    // The next look at what is old repeats a failure.
    const { bodies } = this.retention;
    if (bodies.isDue(draft.bodies)) void this.inTurn(async () => bodies.trim()).catch(() => undefined);
    return notices;
  }

  /** Adds the sums to the database: each second and at a stop. */
  async writeUsage(): Promise<void> {
    await this.inTurn(async () => {
      await this.usage.write();
      await this.recovery.goOn();
    });
  }

  /**
   * Writes `crash` events for the open exchanges of replicas that are not in `live`, and sums what these had not summed. Once
   * over all processes. A replica whose mark still moves is looked at again by `writeUsage`. Returns the number of `crash`
   * events.
   */
  async recover(live: ReadonlySet<string>): Promise<number> {
    return this.inTurn(async () => this.recovery.recover(live));
  }

  /** Gives up work whose deadline has passed: an event `work` without figures for each. Returns their number. */
  async expireWork(now: number): Promise<number> {
    return this.inTurn(async () => {
      const keys = await expiredWork(this.database, now, EXPIRED_AT_ONCE);
      if (keys.length === 0) return 0;
      const { replica, epoch } = this.writer.identity;
      const complete = neverSeen({ replica, epoch, nameOf: this.settings.nameOf });
      await this.write({
        lines: () => [],
        count: 0,
        folds: [],
        open: [],
        notices: [],
        workOpened: [],
        workClaims: keys.map((key) => ({ key, complete })),
      });
      return keys.length;
    });
  }

  /** Deletes what is kept for long enough. Returns the number of events that a sink has not taken and never gets. */
  async prune(now: number): Promise<{ givenUpEvents: number }> {
    return this.inTurn(async () => this.retention.prune(now));
  }

  async status(): Promise<StoreStatus> {
    return { ...(await storeStatus(this.database)), dropped: this.retention.givenUp };
  }

  /** Writes the sums. The database stays open. */
  async close(): Promise<void> {
    await this.inTurn(async () => this.usage.write());
  }

  /** Without a segment the sums are all that is left: they are written at once. */
  private async write(draft: SegmentDraft): Promise<readonly string[]> {
    if (await this.writer.keepsSegments()) return (await this.writeSegments(draft)).notices;
    return this.usage.writeAlone(draft);
  }

  private async writeSegments(draft: SegmentDraft): Promise<Written> {
    for (;;) {
      const before = await this.writer.writtenBefore(draft);
      if (before) return before;
      try {
        return await this.writer.write(draft, async (transaction) => this.writer.insertDraft(transaction, draft));
      } catch (error) {
        // The first try of a draft was committed after all.
        if (!this.writer.isInDoubt || !isUniqueViolation(error)) throw error;
      }
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work, work);
    this.turn = done.catch(() => undefined);
    return done;
  }
}
