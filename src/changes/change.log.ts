import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { DataSource, LessThan } from 'typeorm';
import { Clock } from '../common/values/clock.js';
import { retryConflicts } from '../database/retry.js';
import { FifoLock } from '../database/sqlite/fifo.lock.js';
import { TokensInvalidated } from './domain.events.js';
import { Change } from './change.js';
import { ChangeEntity } from './change.entity.js';
import { ChangeFeed } from './change.feed.js';
import { ChangePush } from './change.push.js';
import { RevisionCounter } from './revision.counter.js';

/** Revisions that are kept; whoever is further behind forgets everything. */
const KEPT = 1000;
const PRUNE_EVERY = 100;
/** A change waits this long for the changes before it on this replica: here, because in the database it would be given up after one statement's limit. */
const WAIT_LIMIT_MS = 10_000;

/** Writes down what operators change, with the change itself, for replicas that know it from before. */
@Injectable()
export class ChangeLog {
  private readonly turn = new FifoLock();

  constructor(
    private readonly dataSource: DataSource,
    private readonly counter: RevisionCounter,
    private readonly feed: ChangeFeed,
    private readonly push: ChangePush,
    private readonly events: EventEmitter2,
    private readonly clock: Clock,
  ) {}

  /**
   * One transaction that changes tokens or projects. Such transactions come one after the other, so that the order of
   * commits is the order of revisions and nobody sees a revision before an older one. This replica has heard of the change
   * when this returns. `work` is run again after a conflict; when this throws, the change may still have been made.
   */
  async transaction<T>(work: (change: Change) => Promise<T>): Promise<T> {
    await this.turn.acquire(WAIT_LIMIT_MS);
    try {
      const { result, change } = await retryConflicts(async () => this.attempt(work));
      if (change.isMade) this.tell(change);
      return result;
    } finally {
      this.turn.release();
    }
  }

  private async attempt<T>(work: (change: Change) => Promise<T>): Promise<{ result: T; change: Change }> {
    return this.dataSource.transaction(async (manager) => {
      const { value } = await this.counter.lock(manager);
      const change = new Change(manager, value + 1);
      const result = await work(change);
      if (change.isMade) await this.record(change);
      return { result, change };
    });
  }

  private async record(change: Change): Promise<void> {
    const { manager, revision } = change;
    const changedAt = this.clock.now();
    await this.counter.set(manager, { value: revision, changedAt });
    await manager.insert(ChangeEntity, change.rows(changedAt));
    if (revision % PRUNE_EVERY === 0) await manager.delete(ChangeEntity, { revision: LessThan(revision - KEPT) });
    await this.push.announceWithin(change);
  }

  private tell(change: Change): void {
    this.events.emit(TokensInvalidated.topic, change.seen());
    this.push.announce(change);
    this.feed.look();
  }
}
