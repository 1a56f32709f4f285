import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { CoalescedTask } from '../common/values/coalesced.task.js';
import { Freshness } from '../replicas/freshness.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import type { Change } from './change.js';
import { ChangePush } from './change.push.js';
import { ChangeReader } from './change.reader.js';
import type { Position } from './revision.counter.js';
import { TokensInvalidated } from './tokens.invalidated.js';

const POLL_MS = 250;

/** Emits every change once: the changes of this replica after their commit, those of other replicas from the database. */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap {
  private readonly logger = new Logger(ChangeFeed.name);
  private readonly reading = new CoalescedTask(() => this.read());
  /** Changes of this replica that were emitted and not yet read: revision → changedAt. */
  private readonly applied = new Map<number, number>();
  private timer: NodeJS.Timeout | undefined;
  private position: Position | undefined;
  private isFailing = false;

  constructor(
    private readonly reader: ChangeReader,
    private readonly registry: ReplicaRegistry,
    private readonly freshness: Freshness,
    private readonly push: ChangePush,
    private readonly events: EventEmitter2,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.poll(), POLL_MS).unref();
    this.push.listen(() => this.look());
    this.look();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.push.close();
    await this.reading.settled();
  }

  /** Emits a change that this replica has just committed, unless a reading was faster. */
  apply({ position, invalidated }: Change): void {
    if (!this.hasRead(position)) {
      this.applied.set(position.value, position.changedAt);
      this.events.emit(TokensInvalidated.topic, invalidated);
    }
    this.look();
  }

  /** Reads the changes now. */
  look(): void {
    if (this.timer) this.reading.request();
  }

  /** A reading that takes longer than the interval is not followed by another one at once. */
  private poll(): void {
    if (!this.reading.isRunning) this.look();
  }

  private async read(): Promise<void> {
    const beganAt = performance.now();
    try {
      const { position, invalidated } = await this.reader.since(this.position, this.applied);
      if (invalidated) this.events.emit(TokensInvalidated.topic, invalidated);
      this.position = position;
      this.forgetApplied(position);
      this.freshness.compared(beganAt);
      this.registry.confirm(position.value);
      if (this.isFailing) this.logger.log('changes can be read again');
      this.isFailing = false;
    } catch (error) {
      this.freshness.failed(beganAt);
      if (!this.isFailing) this.logger.warn({ msg: 'changes cannot be read from the database', err: error });
      this.isFailing = true;
    }
  }

  /** True when a reading has emitted the change. A reading from before a restored backup is older than the change. */
  private hasRead({ value, changedAt }: Position): boolean {
    return this.position !== undefined && this.position.value >= value && this.position.changedAt >= changedAt;
  }

  private forgetApplied({ value }: Position): void {
    for (const revision of this.applied.keys()) if (revision <= value) this.applied.delete(revision);
  }
}
