import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditChain, type Manner } from '../audit/audit.chain.js';
import type { AuditDraft } from '../audit/row/audit.draft.js';
import { ApiError } from '../common/errors/api.error.js';
import { StartupError } from '../common/errors/startup.error.js';
import { codeOf, isUniqueViolation } from '../database/dialect/driver.code.js';
import { retryConflicts } from '../database/retry.js';
import { type Locked, type Position, RevisionCounter } from './revision.counter.js';

/** What work under the lock leaves. */
export interface Written<T> {
  readonly result: T;
  /** The rows for the audit log. */
  readonly drafts: readonly AuditDraft[];
  /** Where the counter of changes moves to; without one it stays. */
  readonly position?: Position | undefined;
  readonly manner?: Manner;
}

/** How a transaction is tried again when others are in its way. */
type Retry = <T>(work: () => Promise<T>) => Promise<T>;

/** The only way to the audit log: locks the counter, adds the rows, moves the counter on. */
@Injectable()
export class AuditLedger {
  constructor(
    private readonly counter: RevisionCounter,
    private readonly chain: AuditChain,
  ) {}

  /**
   * Runs a transaction that calls `locked` in it, again after a conflict. Where the counter is behind the rows, as after a
   * restore, it repairs the counter and runs the transaction once more.
   */
  async run<T>(manager: EntityManager, transaction: () => Promise<T>, retry: Retry = retryConflicts): Promise<T> {
    try {
      return await retry(transaction);
    } catch (error) {
      if (!isNumberTaken(error)) throw error;
      const nothing = { result: undefined, drafts: [], manner: { compare: true } };
      const repair = async (within: EntityManager) => this.locked(within, async () => nothing);
      await retry(async () => manager.transaction(repair));
      return retry(transaction);
    }
  }

  /**
   * Runs `work` under the lock of the counter, which the transaction of `manager` then holds, adds the rows that it leaves and
   * moves the counter on. Throws as `AuditChain.append`.
   */
  async locked<T>(manager: EntityManager, work: (locked: Locked) => Promise<Written<T>>): Promise<T> {
    const { position, end } = await this.counter.lock(manager);
    const written = await work({ position, end });
    const next = await this.chain.append(manager, end, written.drafts, written.manner);
    await this.counter.set(manager, written.position, next === end ? undefined : next);
    return written.result;
  }

  /** Adds rows that belong to no change, in a transaction of their own. */
  async append(manager: EntityManager, drafts: readonly AuditDraft[], retry: Retry = retryConflicts): Promise<void> {
    const work = async (within: EntityManager) => this.locked(within, async () => ({ result: undefined, drafts }));
    await this.run(manager, async () => manager.transaction(work), retry);
  }
}

/** The number of a new row is that of another one. */
const isNumberTaken = (error: unknown): boolean => isUnavailable(error) && isUniqueViolation(error.cause);

const isUnavailable = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === 'audit_unavailable';

/** The refusal of a start or a command whose row the audit log does not take; undefined for any other error. */
export function auditRefusal(error: unknown): StartupError | undefined {
  if (!isUnavailable(error)) return undefined;
  if (error.cause instanceof StartupError) return error.cause;
  const { cause } = error;
  const code = codeOf(cause) ?? (cause instanceof Error ? cause.message : 'unknown');
  const text = `a row cannot be written to the audit log (${code}): check its tables`;
  return Object.assign(new StartupError(1, [text]), { cause });
}
