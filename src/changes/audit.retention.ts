import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { KeyTexts } from '../audit/chain/chain.fault.js';
import { type Pruned, prunedOf } from '../audit/chain/chain.start.js';
import { storedRow } from '../audit/row/stored.row.js';
import { keyTextOf } from '../audit/chain/signature.check.js';
import type { AuditRow } from '../audit/row/audit.row.js';
import { SYSTEM } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { RepeatingTimer } from '../common/values/repeating.timer.js';
import { AppConfig } from '../config/app.config.js';
import { dialectOf, withPlaceholders } from '../database/dialect/dialect.js';
import { logLevelOf } from '../database/dialect/database.error.js';
import type { Change } from './change.js';
import { Changes } from './changes.js';

const EVERY_MS = 60 * 60 * 1000;
/** At another moment on each replica. */
const JITTER_MS = 10 * 60 * 1000;
/** Rows of one transaction. */
const AT_ONCE = 2000;

const OLDEST = `SELECT seq, at FROM audit_events ORDER BY seq LIMIT 1`;
/** The newest row stays: the chain goes on from it. */
const LAST_OLD = `SELECT max(seq) AS seq FROM audit_events WHERE at < ? AND seq < ? AND seq < (SELECT max(seq) FROM audit_events)`;
const BY_SEQ = 'SELECT * FROM audit_events WHERE seq = ?';
const KEYS = `SELECT * FROM audit_events WHERE action = 'audit.key' AND seq <= ?`;
const PRUNE = `SELECT * FROM audit_events WHERE action = 'audit.prune' ORDER BY seq DESC LIMIT 1`;
const DELETE = 'DELETE FROM audit_events WHERE seq <= ?';

type Columns = Record<string, unknown>;

/** Deletes the oldest rows of the audit log after AUDIT_RETENTION. A row of the log says what is gone, so that it still verifies. */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap {
  private readonly logger = new Logger(AuditRetention.name);
  private readonly timer = new RepeatingTimer(async () => this.pruneNow());
  private isClosed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: Changes,
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

  /** Returns the number of rows that were deleted. Without rows of its own, the log could not say what is gone. */
  async prune(): Promise<number> {
    const { enabled, retentionMs } = this.config.audit;
    if (!enabled || retentionMs === 0) return 0;
    const before = this.clock.now() - retentionMs;
    let deleted = 0;
    while (!this.isClosed) {
      // Most looks find nothing: they take no lock.
      const [oldest] = await this.read(this.dataSource.manager, OLDEST);
      if (!oldest || Number(oldest['at']) >= before) break;
      const step = await this.changes.commit(SYSTEM, 'audit.prune', async (change) => this.step(change, before));
      if (step === 0) break;
      deleted += step;
    }
    if (deleted > 0)
      this.logger.log({
        msg: 'old rows of the audit log are deleted',
        rows: deleted,
      });
    return deleted;
  }

  /** Under the lock of the counter: nobody adds rows meanwhile. */
  private async step(change: Change, before: number): Promise<number> {
    const pruned = await this.pruned(change.manager, before);
    if (!pruned) {
      change.nothingDone();
      return 0;
    }
    await this.read(change.manager, DELETE, [pruned.to_seq]);
    change.note({ ...pruned });
    return pruned.rows;
  }

  private async pruned(manager: EntityManager, before: number): Promise<Pruned | undefined> {
    const [oldest] = await this.read(manager, OLDEST);
    if (!oldest) return undefined;
    const first = Number(oldest['seq']);
    const [found] = await this.read(manager, LAST_OLD, [before, first + AT_ONCE]);
    if (found?.['seq'] == null) return undefined;
    const last = await this.rowAt(manager, Number(found['seq']));
    return {
      to_seq: last.seq,
      to_hash: last.hash,
      rows: last.seq - first + 1,
      first_at: new Date(Number(oldest['at'])).toISOString(),
      last_at: last.at,
      keys: await this.keysUpTo(manager, last.seq),
    };
  }

  /** Also those of rows that were pruned earlier: later rows may be signed with them. */
  private async keysUpTo(manager: EntityManager, seq: number): Promise<KeyTexts> {
    const [earlier] = await this.read(manager, PRUNE);
    const rows = (await this.read(manager, KEYS, [seq])).map(storedRow);
    const texts = rows.flatMap((row): [string, string][] => (row.key_id ? [[row.key_id, keyTextOf(row)]] : []));
    return {
      ...(earlier && prunedOf(storedRow(earlier))?.keys),
      ...Object.fromEntries(texts),
    };
  }

  private async rowAt(manager: EntityManager, seq: number): Promise<AuditRow> {
    const [row] = await this.read(manager, BY_SEQ, [seq]);
    return storedRow(row!);
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
