import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { DATABASE_CLOCK, type Dialect, dialectOf } from '../database/dialect/dialect.js';
import { DatabaseBootstrap } from '../database/database.bootstrap.js';
import { LEASE_MS } from './freshness.js';
import { CoalescedTask } from '../common/values/coalesced.task.js';
import { ReplicaEntity } from './replica.entity.js';
import { ReplicaIdentity } from './replica.identity.js';

/** How often a replica says that it is there. */
export const HEARTBEAT_MS = 1000;
/** Whoever has said nothing for longer is not counted on. */
export const LIVE_MS = 3 * HEARTBEAT_MS;
const FORGOTTEN_AFTER_MS = 24 * 60 * 60 * 1000;
const PRUNE_EVERY_MS = 60 * 60 * 1000;
/** Those that are silent for longer are of no interest, unless they may still be serving. */
const SHOWN_MS = 5 * 60 * 1000;

/** A replica as the roll has it. */
export interface ReplicaStatus {
  readonly id: string;
  readonly name: string;
  readonly isThis: boolean;
  /** Everything up to this one is in force there. */
  readonly revision: number;
  /** How many are in the store and not in force there. */
  readonly behind: number;
  /** Since it last said so, by the database's clock. */
  readonly silentMs: number;
}

interface SightingRow {
  id: string;
  name: string;
  revision: number | string;
  behind: number | string;
  silent_ms: number | string;
}

/** Which replicas there are, and how much each of them has heard. */
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
  /** A replica that is silent for longer does not believe its memory: after its last heartbeat it may have read once more. */
  readonly mayServeMs: number;
  /** As last read; this one at least. */
  known: readonly ReplicaStatus[];

  constructor(
    private readonly dataSource: DataSource,
    private readonly self: ReplicaIdentity,
    private readonly store: DatabaseBootstrap,
    config: AppConfig,
  ) {
    this.mayServeMs = Math.max(LIVE_MS, HEARTBEAT_MS + LEASE_MS + config.token.staleGraceMs);
    this.dialect = dialectOf(dataSource);
    this.clock = DATABASE_CLOCK[this.dialect];
    this.known = [{ id: self.id, name: self.name, isThis: true, revision: 0, behind: 0, silentMs: 0 }];
  }

  /** How many replicas share the work, this one with them; as last known. */
  get live(): number {
    return Math.max(1, this.known.filter(({ silentMs }) => silentMs <= LIVE_MS).length);
  }

  /** Before the store can be used: whoever waits for all replicas has to know of this one before it believes its memory. A start that is refused is on no roll. */
  onModuleInit(): void {
    this.store.addFinalStep((manager) => this.enter(manager));
  }

  /** Everything up to `revision` is in force here. Written at once when it is new, else when a heartbeat is due. */
  confirm(revision: number): void {
    this.revision = revision;
    if (revision !== this.written || this.isBeatDue) this.beating.request();
  }

  async leave(): Promise<void> {
    await this.beating.settled();
    await this.dataSource.manager.delete(ReplicaEntity, { id: this.self.id }).catch(() => undefined);
  }

  /** Those that may be serving, and those that have been not long ago. */
  async read(manager: EntityManager = this.dataSource.manager): Promise<readonly ReplicaStatus[]> {
    const shownMs = Math.max(SHOWN_MS, this.mayServeMs);
    const rows: SightingRow[] = await manager.query(
      `SELECT id, name, revision, ${this.clock} - seen_at AS silent_ms, (SELECT value FROM revisions) - revision AS behind
       FROM replicas WHERE seen_at >= ${this.clock} - ${shownMs} ORDER BY started_at, id`,
    );
    this.known = rows.map((row) => this.sighting(row));
    return this.known;
  }

  private sighting({ id, name, revision, behind, silent_ms: silentMs }: SightingRow): ReplicaStatus {
    const isThis = id === this.self.id;
    return {
      id,
      name,
      isThis,
      revision: Number(revision),
      behind: Math.max(0, Number(behind)),
      silentMs: isThis ? 0 : Math.max(0, Number(silentMs)),
    };
  }

  private async enter(manager: EntityManager): Promise<void> {
    await this.prune(manager);
    await this.write(manager);
    // How many share the limits is to be right from the first request on.
    await this.read(manager);
  }

  private async prune(manager: EntityManager): Promise<void> {
    if (performance.now() - this.prunedAt < PRUNE_EVERY_MS) return;
    // A SQLite file has one process: the others on its roll are gone.
    const forgottenMs = Math.max(FORGOTTEN_AFTER_MS, this.mayServeMs);
    const gone = this.dialect === 'sqlite' ? '' : ` WHERE seen_at < ${this.clock} - ${forgottenMs}`;
    await manager.query(`DELETE FROM replicas${gone}`);
    this.prunedAt = performance.now();
  }

  /** Alone on a SQLite file there is nobody to tell, and a write a second would wear it. */
  private get isBeatDue(): boolean {
    return this.dialect !== 'sqlite' && performance.now() - this.beatAt >= HEARTBEAT_MS;
  }

  private async beat(): Promise<void> {
    try {
      await this.write(this.dataSource.manager);
      await this.read();
      if (this.dialect !== 'sqlite') await this.prune(this.dataSource.manager);
    } catch (error) {
      this.logger.debug({ msg: 'the roll of replicas cannot be written', err: error });
    }
  }

  /** The row may have been taken away behind our back: by a backup that was restored, or after a day without a word. */
  private async write(manager: EntityManager): Promise<void> {
    const { revision, self } = this;
    const now = () => this.clock;
    const beatAt = performance.now();
    await manager
      .createQueryBuilder()
      .insert()
      .into(ReplicaEntity)
      .values({ id: self.id, name: self.name, startedAt: now, seenAt: now, revision, usageBatch: 0 })
      .orUpdate(['seen_at', 'revision'], ['id'])
      .execute();
    this.beatAt = beatAt;
    this.written = revision;
  }
}
