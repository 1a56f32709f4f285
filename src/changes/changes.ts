import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan, TypeORMError } from 'typeorm';
import { AuditChain } from '../audit/audit.chain.js';
import type { AuditDraft } from '../audit/row/audit.draft.js';
import type { AuditHead } from '../audit/row/audit.row.js';
import type { Actor } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { retryConflicts } from '../database/retry.js';
import { FifoLock } from '../database/sqlite/fifo.lock.js';
import { type Action, Change } from './change.js';
import { ChangeEntity } from './change.entity.js';
import { ChangeFeed } from './change.feed.js';
import { ChangePush } from './change.push.js';
import { RevisionCounter } from './revision.counter.js';

/** Revisions that are kept: a replica that is further behind invalidates everything. */
const KEPT = 1000;
const PRUNE_EVERY = 100;
/** The longest wait of a change for earlier ones of this replica. In the database the limit of one statement would end it. */
const WAIT_LIMIT_MS = 10_000;

/** Throws when the author may not make changes any more. */
export type CheckAuthor = (author: Actor, manager: EntityManager) => Promise<void>;

/** The only way to write for a management call. */
@Injectable()
export class Changes {
  private readonly queue = new FifoLock();
  private authorCheck: CheckAuthor = async () => undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly counter: RevisionCounter,
    private readonly chain: AuditChain,
    private readonly feed: ChangeFeed,
    private readonly push: ChangePush,
    private readonly clock: Clock,
  ) {}

  /** The check runs under the lock: what an earlier change takes from an author, a later one cannot use. */
  checkAuthors(check: CheckAuthor): void {
    this.authorCheck = check;
  }

  /**
   * Runs `work` in a transaction that holds the lock of the revision counter: changes commit one after the other, in the
   * order of their revisions. What `work` invalidates is invalid on this replica when `commit` returns. `work` runs again
   * after a conflict. The change and its row in the audit log commit together; without the row there is no change
   * (`audit_unavailable`). When `commit` throws, the outcome of the transaction may be unknown.
   */
  async commit<T>(actor: Actor, action: Action, work: (change: Change) => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      const { result, change } = await retryConflicts(async () => this.attempt(actor, action, work));
      countRows(change.drafts);
      if (change.invalidatesAnything) {
        this.feed.apply(change);
        this.push.announce(change);
      }
      return result;
    });
  }

  /** Commits rows of the audit log that belong to no change. */
  async record(drafts: readonly AuditDraft[]): Promise<void> {
    await this.inTurn(async () => {
      await retryConflicts(async () =>
        this.dataSource.transaction(async (manager) => {
          const { head } = await this.counter.lock(manager);
          await this.counter.set(manager, undefined, await this.chain.append(manager, head, drafts));
        }),
      );
      countRows(drafts);
    });
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.queue.acquire(WAIT_LIMIT_MS);
    try {
      return await work();
    } catch (error) {
      // The calls behind it wait for the same database: they would wait as long again, one after the other.
      if (error instanceof TypeORMError) this.queue.refuseWaiting(error);
      throw error;
    } finally {
      this.queue.release();
    }
  }

  private async attempt<T>(
    actor: Actor,
    action: Action,
    work: (change: Change) => Promise<T>,
  ): Promise<{ result: T; change: Change }> {
    return this.dataSource.transaction(async (manager) => {
      const { position, head } = await this.counter.lock(manager);
      await this.authorCheck(actor, manager);
      const change = new Change(manager, { value: position.value + 1, changedAt: this.clock.now() }, actor, action);
      const result = await work(change);
      await this.finish(change, head);
      return { result, change };
    });
  }

  private async finish(change: Change, head: AuditHead): Promise<void> {
    const { manager, position, revision, invalidatesAnything } = change;
    const next = await this.chain.append(manager, head, change.drafts);
    await this.counter.set(manager, invalidatesAnything ? position : undefined, next === head ? undefined : next);
    if (!invalidatesAnything) return;
    await manager.insert(ChangeEntity, change.rows());
    if (revision % PRUNE_EVERY === 0) await manager.delete(ChangeEntity, { revision: LessThan(revision - KEPT) });
    await this.push.announceWithin(change);
  }
}

/** A call knows how many rows it has, so that its refusal adds no second one. */
function countRows(drafts: readonly AuditDraft[]): void {
  for (const { call } of drafts) if (call) call.rows += 1;
}
