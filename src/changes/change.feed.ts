import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { AppConfig } from '../config/app.config.js';
import { DatabaseUnreachable } from '../database/dialect/database.error.js';
import { Freshness, POLL_MS, RESPONSE_LIMIT_MS } from '../replicas/freshness.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import { Asked } from './asked.js';
import type { Change } from './change.js';
import { ChangePush } from './change.push.js';
import { ChangeReader, type ChangesRead } from './change.reader.js';
import { OutageTimer } from './outage.timer.js';
import { isSame, type Position } from './revision.counter.js';
import { Invalidated } from './invalidated.js';

/**
 * Emits every change once: the changes of this replica after their commit, those of other replicas from the database. On a
 * slow database readings overlap: cached tokens are then never older than one response takes, and POLL_MS.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap {
  private readonly logger = new Logger(ChangeFeed.name);
  /** The readings that run, with the position from which each of them reads. */
  private readonly running = new Map<Promise<void>, Position | undefined>();
  private readonly maxRunning: number;
  /** Changes that were emitted and that a reading may still return: revision → changedAt. */
  private readonly applied = new Map<number, number>();
  private isWantedAgain = false;
  private timer: NodeJS.Timeout | undefined;
  private position: Position | undefined;
  /** When the last applied reading began. */
  private readAt = -Infinity;
  private isFailing = false;
  /** The counter of questions, as last read. */
  private asked = 0;

  constructor(
    private readonly reader: ChangeReader,
    private readonly registry: ReplicaRegistry,
    private readonly freshness: Freshness,
    private readonly push: ChangePush,
    private readonly events: EventEmitter2,
    { database }: AppConfig,
  ) {
    // Requests need connections too. SQLite has one.
    const share = database.driver === 'sqlite' ? 1 : Math.ceil(database.poolSize / 4);
    this.maxRunning = Math.min(Math.max(share, 1), Math.ceil(RESPONSE_LIMIT_MS / POLL_MS));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.poll(), POLL_MS).unref();
    this.push.listen(() => this.look());
    this.look();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.push.close();
    await Promise.all(this.running.keys());
  }

  /** Emits a change that this replica has just committed, unless a reading was faster. */
  apply({ position, invalidated }: Change): void {
    if (!covers(this.position, position)) {
      this.applied.set(position.value, position.changedAt);
      this.events.emit(Invalidated.topic, invalidated);
    }
    this.look();
  }

  /** Reads the changes now, or again after a running reading: that one may have begun before the change. */
  look(): void {
    if (this.running.size === 0) this.begin();
    else this.isWantedAgain = true;
  }

  private poll(): void {
    if (this.running.size < (this.position ? this.maxRunning : 1)) this.begin();
    else this.isWantedAgain = true;
  }

  private begin(): void {
    if (!this.timer) return;
    this.isWantedAgain = false;
    const known = this.position;
    const reading = this.read(known).finally(() => {
      this.running.delete(reading);
      this.forgetApplied();
      if (this.isWantedAgain) this.begin();
    });
    this.running.set(reading, known);
  }

  /** Never rejects. */
  private async read(known: Position | undefined): Promise<void> {
    const beganAt = performance.now();
    const outage = new OutageTimer(beganAt, this.freshness);
    try {
      this.accept(await this.reader.since(known, this.applied), known, beganAt);
      if (this.isFailing) this.logger.log('changes can be read again');
      this.isFailing = false;
    } catch (error) {
      outage.report();
      if (!this.isFailing && !isNotOpenYet(error))
        this.logger.warn({ msg: 'changes cannot be read from the database', err: error });
      this.isFailing = true;
    } finally {
      outage.cancel();
    }
  }

  /** A reading that began before the last applied one is ignored: what only it has read, the next reading returns again. */
  private accept(
    { position, invalidated, named, asked }: ChangesRead,
    known: Position | undefined,
    beganAt: number,
  ): void {
    if (beganAt < this.readAt) return;
    if (invalidated) this.events.emit(Invalidated.topic, invalidated);
    for (const { revision, changedAt } of named) this.applied.set(revision, changedAt);
    this.position = this.furthest(position, known);
    this.readAt = beganAt;
    this.freshness.compared(beganAt);
    this.registry.confirm(this.position.value);
    if (asked === undefined || asked === this.asked) return;
    this.asked = asked;
    this.events.emit(Asked.topic);
  }

  /**
   * The database may run a later reading first. The position goes back for a restored backup only: when no other reading has
   * moved it meanwhile.
   */
  private furthest(read: Position, known: Position | undefined): Position {
    if (!this.position || isSame(known, this.position)) return read;
    return read.value >= this.position.value ? read : this.position;
  }

  /** Forgets the changes that no running reading and no later one can return. */
  private forgetApplied(): void {
    const positions = [this.position, ...this.running.values()];
    for (const [value, changedAt] of this.applied)
      if (positions.every((position) => covers(position, { value, changedAt }))) this.applied.delete(value);
  }
}

/** True when the readings up to a position have emitted a change. A reading from before a restored backup is older than it. */
const covers = (position: Position | undefined, { value, changedAt }: Position): boolean =>
  position !== undefined && position.value >= value && position.changedAt >= changedAt;

/** The start reports this error. */
const isNotOpenYet = (error: unknown): boolean => error instanceof DatabaseUnreachable && error.reason === undefined;
