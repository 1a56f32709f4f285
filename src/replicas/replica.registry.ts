import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { DatabaseBootstrap } from '../database/database.bootstrap.js';
import { DATABASE_CLOCK, type Dialect, dialectOf } from '../database/dialect/dialect.js';
import { CoalescedTask } from '../common/values/coalesced.task.js';
import { LEASE_MS } from './freshness.js';
import { ReplicaEntity } from './replica.entity.js';
import type { ReplicaRole } from './replica.role.js';
import { ReplicaIdentity } from './replica.identity.js';
import { ReplicaSettings } from './replica.settings.js';

export const HEARTBEAT_MS = 1000;
/** A replica without a heartbeat for longer is not live. */
export const LIVE_MS = 3 * HEARTBEAT_MS;
const FORGOTTEN_AFTER_MS = 24 * 60 * 60 * 1000;
const PRUNE_EVERY_MS = 60 * 60 * 1000;
/** A replica that is silent for longer is not shown, unless it may still be serving. */
const SHOWN_MS = 5 * 60 * 1000;

/** A replica as the registry knows it. */
export interface ReplicaStatus {
  readonly id: string;
  readonly name: string;
  readonly role: ReplicaRole;
  readonly isThis: boolean;
  /** Every change up to this revision is in force there. */
  readonly revision: number;
  /** Committed revisions that are not in force there. */
  readonly behind: number;
  /** Milliseconds since its last heartbeat, by the clock of the database. */
  readonly silentMs: number;
  /** By the clock of the database; undefined before the first reading. */
  readonly startedAt?: number | undefined;
}

interface StatusRow {
  id: string;
  name: string;
  role: ReplicaRole;
  revision: number | string;
  behind: number | string;
  silent_ms: number | string;
  started_at: number | string;
}

/** The names of the live replicas of any role, for a command. Its columns exist in every version of the schema. */
export async function liveReplicas(dataSource: DataSource): Promise<string[]> {
  const clock = DATABASE_CLOCK[dialectOf(dataSource)];
  const rows: { name: string }[] = await dataSource.query(
    `SELECT name FROM replicas WHERE seen_at >= ${clock} - ${LIVE_MS} ORDER BY started_at, id`,
  );
  return rows.map(({ name }) => name);
}

/** The replicas on this database, and the revision that each of them has in force. */
@Injectable()
export class ReplicaRegistry implements OnModuleInit {
  private readonly logger = new Logger(ReplicaRegistry.name);
  private readonly dialect: Dialect;
  private readonly clock: string;
  private readonly beating = new CoalescedTask(() => this.beat());
  private revision = 0;
  private written = -1;
  private beatAt = -Infinity;
  private prunedAt = -Infinity;
  /** A replica that is silent for longer serves nothing from memory: it may have read once more after its last heartbeat. */
  readonly mayServeMs: number;
  /** The replicas as last read, this one included. */
  known: readonly ReplicaStatus[];

  constructor(
    private readonly dataSource: DataSource,
    private readonly self: ReplicaIdentity,
    private readonly bootstrap: DatabaseBootstrap,
    private readonly settings: ReplicaSettings,
    config: AppConfig,
  ) {
    this.mayServeMs = Math.max(LIVE_MS, HEARTBEAT_MS + LEASE_MS + config.token.staleGraceMs);
    this.dialect = dialectOf(dataSource);
    this.clock = DATABASE_CLOCK[this.dialect];
    const { id, name, role } = self;
    this.known = [{ id, name, role, isThis: true, revision: 0, behind: 0, silentMs: 0 }];
  }

  /** The number of servers that share the limits, as last read; at least this one. */
  get liveServers(): number {
    return Math.max(1, this.known.filter(({ role, silentMs }) => role === 'server' && silentMs <= LIVE_MS).length);
  }

  /**
   * The row is written before the database can be used: a call that waits for all replicas has to see this one before it
   * serves from memory. It is written after the checks: a start that is refused leaves no row.
   */
  onModuleInit(): void {
    this.bootstrap.addFinalStep((manager) => this.enter(manager));
  }

  /** Every change up to `revision` is in force here. A new revision is written at once, a known one with the next heartbeat. */
  confirm(revision: number): void {
    this.revision = revision;
    if (revision !== this.written || this.isBeatDue) this.beating.request();
  }

  async leave(): Promise<void> {
    await this.beating.settled();
    await this.dataSource.manager.delete(ReplicaEntity, { id: this.self.id }).catch(() => undefined);
    await this.settings.leave().catch(() => undefined);
  }

  /** Reads the replicas that may be serving, and those that were live not long ago. */
  async read(manager: EntityManager = this.dataSource.manager): Promise<readonly ReplicaStatus[]> {
    const shownMs = Math.max(SHOWN_MS, this.mayServeMs);
    const rows: StatusRow[] = await manager.query(
      `SELECT id, name, role, revision, started_at, ${this.clock} - seen_at AS silent_ms,
         (SELECT value FROM revisions) - revision AS behind
       FROM replicas WHERE seen_at >= ${this.clock} - ${shownMs} ORDER BY started_at, id`,
    );
    this.known = rows.map((row) => this.statusOf(row));
    return this.known;
  }

  private statusOf(row: StatusRow): ReplicaStatus {
    const { id, name, role, revision, behind, silent_ms: silentMs, started_at: startedAt } = row;
    const isThis = id === this.self.id;
    return {
      id,
      name,
      role,
      isThis,
      revision: Number(revision),
      behind: Math.max(0, Number(behind)),
      silentMs: isThis ? 0 : Math.max(0, Number(silentMs)),
      startedAt: Number(startedAt),
    };
  }

  private async enter(manager: EntityManager): Promise<void> {
    await this.prune(manager);
    await this.write(manager);
    await this.settings.enter(manager);
    // The number of servers has to be right from the first request on: they share the limits.
    await this.read(manager);
  }

  private async prune(manager: EntityManager): Promise<void> {
    if (performance.now() - this.prunedAt < PRUNE_EVERY_MS) return;
    // A SQLite file has one process: every other row is of a process that has ended.
    const forgottenMs = Math.max(FORGOTTEN_AFTER_MS, this.mayServeMs);
    const isForgotten = this.dialect === 'sqlite' ? '' : ` WHERE seen_at < ${this.clock} - ${forgottenMs}`;
    await manager.query(`DELETE FROM replicas${isForgotten}`);
    this.prunedAt = performance.now();
  }

  /** A SQLite file has no other replica that reads heartbeats, and a write a second would wear the disk. */
  private get isBeatDue(): boolean {
    return this.dialect !== 'sqlite' && performance.now() - this.beatAt >= HEARTBEAT_MS;
  }

  private async beat(): Promise<void> {
    try {
      await this.write(this.dataSource.manager);
      await this.read();
      if (this.dialect !== 'sqlite') await this.prune(this.dataSource.manager);
    } catch (error) {
      this.logger.debug({ msg: 'the heartbeat of this replica cannot be written', err: error });
    }
  }

  /** Writes the row anew where it is missing: after a backup was restored, or after a day without a heartbeat. */
  private async write(manager: EntityManager): Promise<void> {
    const { revision, self } = this;
    const now = () => this.clock;
    const beatAt = performance.now();
    await manager
      .createQueryBuilder()
      .insert()
      .into(ReplicaEntity)
      .values({ id: self.id, name: self.name, role: self.role, startedAt: now, seenAt: now, revision, countBatch: 0 })
      .orUpdate(['seen_at', 'revision'], ['id'])
      .execute();
    this.beatAt = beatAt;
    this.written = revision;
  }
}
