import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { TokensInvalidated } from './domain.events.js';
import { ChangePush } from './change.push.js';
import { ChangeReader } from './change.reader.js';
import { Freshness } from '../replicas/freshness.js';
import { CoalescedTask } from '../common/values/coalesced.task.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import type { Position } from './revision.counter.js';

const POLL_MS = 250;

/** Hears of changes: four times a second from the store, which is the truth, and at once where a push says "look". */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap {
  private readonly logger = new Logger(ChangeFeed.name);
  private readonly reading = new CoalescedTask(() => this.read());
  private timer: NodeJS.Timeout | undefined;
  private position: Position | undefined;
  private isFailing = false;

  constructor(
    private readonly reader: ChangeReader,
    private readonly roll: ReplicaRegistry,
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

  /** Reads what changed, now. */
  look(): void {
    if (this.timer) this.reading.request();
  }

  /** One that takes longer than the time between two is not followed by another at once. */
  private poll(): void {
    if (!this.reading.isRunning) this.look();
  }

  private async read(): Promise<void> {
    const beganAt = performance.now();
    try {
      const { position, changes } = await this.reader.since(this.position);
      if (changes) this.events.emit(TokensInvalidated.topic, changes);
      this.position = position;
      this.freshness.compared(beganAt);
      this.roll.confirm(position.value);
      if (this.isFailing) this.logger.log('changes can be read again');
      this.isFailing = false;
    } catch (error) {
      this.freshness.failed(beganAt);
      if (!this.isFailing) this.logger.warn({ msg: 'changes cannot be read from the store', err: error });
      this.isFailing = true;
    }
  }
}
