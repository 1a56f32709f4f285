import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ChainVerification } from '../audit/chain.verification.js';
import type { Fault, KeyTexts, Start } from '../audit/chain/chain.fault.js';
import { type Pruned, startOf } from '../audit/chain/chain.start.js';
import { ChainVerifier } from '../audit/chain/chain.verifier.js';
import { storedRow } from '../audit/row/stored.row.js';
import { keyTextOf } from '../audit/chain/signature.check.js';
import type { AuditRow } from '../audit/row/audit.row.js';
import { SYSTEM } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { RepeatingTimer } from '../common/values/repeating.timer.js';
import { AppConfig } from '../config/app.config.js';
import { databaseNow, dialectOf, withPlaceholders } from '../database/dialect/dialect.js';
import { logLevelOf } from '../database/dialect/database.error.js';
import type { Change } from './change.js';
import { Changes } from './changes.js';

const EVERY_MS = 60 * 60 * 1000;
/** At another moment on each replica. */
const JITTER_MS = 10 * 60 * 1000;
/** Rows of one transaction: they are checked and deleted while the lock of the counter is held. */
const AT_ONCE = 200;
/** Between two transactions, for the calls that wait. */
const PAUSE_MS = 50;

const OLDEST = 'SELECT seq, at FROM audit_events ORDER BY seq LIMIT 1';
const BEGINNING = `SELECT * FROM audit_events ORDER BY seq LIMIT ${AT_ONCE + 1}`;
const PRUNE = `SELECT * FROM audit_events WHERE action = 'audit.prune' ORDER BY seq DESC LIMIT 1`;
const DELETE = 'DELETE FROM audit_events WHERE seq <= ?';

type Columns = Record<string, unknown>;

interface Step {
  /** How many were deleted. */
  readonly rows: number;
  /** Nothing was deleted because of it. */
  readonly fault?: Fault;
}

const NOTHING: Step = { rows: 0 };

/**
 * Deletes the oldest rows of the audit log after AUDIT_RETENTION. A row of the log says what is gone, so that it still
 * verifies. Rows are verified first: after a fault nothing is deleted, because the rows are the evidence of it.
 */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap {
  private readonly logger = new Logger(AuditRetention.name);
  private readonly timer = new RepeatingTimer(async () => this.pruneNow());
  private isClosed = false;
  private found: Fault | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: Changes,
    private readonly verification: ChainVerification,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    const { enabled, retentionMs } = this.config.audit;
    if (enabled && retentionMs > 0) this.timer.startIn(Math.random() * JITTER_MS);
  }

  close(): void {
    this.isClosed = true;
    this.timer.close();
  }

  /** The first of the old rows that is not what it was. Undefined when the last look found none. */
  get fault(): Fault | undefined {
    return this.found;
  }

  /** Returns the number of rows that were deleted. Without rows of its own, the log could not say what is gone. */
  async prune(): Promise<number> {
    const { enabled, retentionMs } = this.config.audit;
    if (!enabled || retentionMs === 0) return 0;
    // By the clock of the rows: with another one a row could be old as soon as it is written.
    const before = (await databaseNow(this.dataSource, this.clock.now())) - retentionMs;
    let deleted = 0;
    while (!this.isClosed) {
      // Most looks find nothing: they take no lock.
      const [oldest] = await this.read(this.dataSource.manager, OLDEST);
      if (!oldest || !isOlder(oldest, before)) break;
      const { rows, fault } = await this.changes.commit(SYSTEM, 'audit.prune', async (change) =>
        this.step(change, before),
      );
      this.report(fault);
      if (rows === 0) break;
      deleted += rows;
      await pause(PAUSE_MS, undefined, { ref: false });
    }
    if (deleted > 0)
      this.logger.log({
        msg: 'old rows of the audit log are deleted',
        rows: deleted,
      });
    return deleted;
  }

  private report(fault: Fault | undefined): void {
    this.found = fault;
    if (fault)
      this.logger.error({
        msg: 'the audit log is broken: none of its old rows are deleted. Verify it with "manage audit verify"',
        ...fault,
      });
  }

  /** Under the lock of the counter: nobody adds rows meanwhile. */
  private async step(change: Change, before: number): Promise<Step> {
    const beginning = await this.read(change.manager, BEGINNING);
    const young = beginning.findIndex((columns) => !isOlder(columns, before));
    // The newest row stays: the chain goes on from it.
    const count = Math.min(young === -1 ? beginning.length : young, beginning.length - 1);
    const rows = beginning.slice(0, count + 1).map(storedRow);
    const start = await this.start(change.manager, rows[0]);
    const fault = count > 0 ? this.faultOf(rows, start) : undefined;
    if (count <= 0 || fault) {
      change.nothingDone();
      return fault ? { ...NOTHING, fault } : NOTHING;
    }
    const pruned = prunedBy(rows.slice(0, count), start.keys);
    await this.read(change.manager, DELETE, [pruned.to_seq]);
    change.note({ ...pruned });
    return { rows: count };
  }

  /** The last of the rows is the first that stays: it has to follow the ones that go. */
  private faultOf(rows: readonly AuditRow[], start: Start): Fault | undefined {
    const { publicKeys } = this.verification;
    const verifier = new ChainVerifier({ start, heads: [], publicKeys });
    for (const row of rows) verifier.add(row);
    return verifier.end(undefined, this.clock.now()).broken_at;
  }

  private async start(manager: EntityManager, first: AuditRow | undefined): Promise<Start> {
    const [prune] = await this.read(manager, PRUNE);
    return startOf(first?.seq, prune && storedRow(prune));
  }

  private async read(manager: EntityManager, sql: string, values: unknown[] = []): Promise<Columns[]> {
    return manager.query(withPlaceholders(sql, dialectOf(this.dataSource)), values);
  }

  private async pruneNow(): Promise<number> {
    await this.prune().catch((error: unknown) => {
      this.logger[logLevelOf(error)]({
        msg: 'old rows of the audit log cannot be deleted yet',
        err: error,
      });
    });
    return EVERY_MS;
  }
}

const isOlder = ({ at }: Columns, before: number): boolean => Number(at) < before;

/** The keys are also those of rows that were pruned earlier: later rows may be signed with them. */
function prunedBy(rows: readonly AuditRow[], earlier: KeyTexts | undefined): Pruned {
  const first = rows[0]!;
  const last = rows.at(-1)!;
  const keys = rows.flatMap((row): [string, string][] =>
    row.action === 'audit.key' && row.key_id ? [[row.key_id, keyTextOf(row)]] : [],
  );
  return {
    to_seq: last.seq,
    to_hash: last.hash,
    rows: rows.length,
    first_at: first.at,
    last_at: last.at,
    keys: { ...earlier, ...Object.fromEntries(keys) },
  };
}
