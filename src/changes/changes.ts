import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan, TypeORMError } from 'typeorm';
import { AuditChain } from '../audit/audit.chain.js';
import type { AuditDraft } from '../audit/row/audit.draft.js';
import type { Actor } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { FifoLock } from '../database/sqlite/fifo.lock.js';
import { AuditLedger } from './audit.ledger.js';
import { type Action, Change } from './change.js';
import { ChangeEntity } from './change.entity.js';
import { ChangeFeed } from './change.feed.js';
import { ChangePush } from './change.push.js';

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
    private readonly ledger: AuditLedger,
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
      const { result, change } = await this.ledger.run(this.dataSource.manager, async () =>
        this.attempt(actor, action, work),
      );
      countRows(change.drafts);
      this.chain.committed();
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
      await this.ledger.append(this.dataSource.manager, drafts);
      countRows(drafts);
      this.chain.committed();
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
    let isReady = false;
    const attempted = this.dataSource.transaction(async (manager) => {
      const done = await this.ledger.locked(manager, async ({ position }) => {
        await this.authorCheck(actor, manager);
        const change = new Change(manager, { value: position.value + 1, changedAt: this.clock.now() }, actor, action);
        const result = await work(change);
        await this.finish(change);
        const { drafts, invalidatesAnything } = change;
        return { result: { result, change }, drafts, position: invalidatesAnything ? change.position : undefined };
      });
      isReady = true;
      return done;
    });
    return attempted.catch((error: unknown) => {
      if (actor.call) actor.call.isOutcomeUnknown = isReady;
      throw error;
    });
  }

  private async finish(change: Change): Promise<void> {
    const { manager, revision } = change;
    if (!change.invalidatesAnything) return;
    await manager.insert(ChangeEntity, change.rows());
    if (revision % PRUNE_EVERY === 0) await manager.delete(ChangeEntity, { revision: LessThan(revision - KEPT) });
    await this.push.announceWithin(change);
  }
}

/** A call knows how many rows it has, so that its refusal adds no second one. */
function countRows(drafts: readonly AuditDraft[]): void {
  for (const { call } of drafts) if (call) call.rows += 1;
}
