import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { AppConfig } from '../config/app.config.js';
import { DatabaseUnreachable } from '../database/dialect/database.error.js';
import { TokensInvalidated } from './domain.events.js';
import { ChangePush } from './change.push.js';
import { ChangeReader, type News } from './change.reader.js';
import { ANSWER_LIMIT_MS, Freshness, POLL_MS } from '../replicas/freshness.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import type { Position } from './revision.counter.js';

/**
 * Hears of changes: four times a second from the store, which is the truth, and at once where a push says "look". On a slow
 * store a reading begins before the last one has its answer: what memory knows is then never older than one answer takes,
 * and the time between two readings.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap {
  private readonly logger = new Logger(ChangeFeed.name);
  private readonly running = new Set<Promise<void>>();
  private readonly maxRunning: number;
  private isWantedAgain = false;
  private timer: NodeJS.Timeout | undefined;
  private position: Position | undefined;
  /** When the reading began from which the position is. */
  private positionOf = -Infinity;
  private isFailing = false;

  constructor(
    private readonly reader: ChangeReader,
    private readonly roll: ReplicaRegistry,
    private readonly freshness: Freshness,
    private readonly push: ChangePush,
    private readonly events: EventEmitter2,
    { database }: AppConfig,
  ) {
    // Requests need connections too. SQLite has one.
    const share = database.driver === 'sqlite' ? 1 : Math.ceil(database.poolSize / 4);
    this.maxRunning = Math.min(Math.max(share, 1), Math.ceil(ANSWER_LIMIT_MS / POLL_MS));
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
    await Promise.all(this.running);
  }

  /** Reads what changed, now; or once more after a reading that runs. */
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
    const reading = this.read().finally(() => {
      this.running.delete(reading);
      if (this.isWantedAgain) this.begin();
    });
    this.running.add(reading);
  }

  /** Never rejects. */
  private async read(): Promise<void> {
    const beganAt = performance.now();
    const patience = new Patience(beganAt, this.freshness);
    try {
      this.apply(await this.reader.since(this.position), beganAt);
      if (this.isFailing) this.logger.log('changes can be read again');
      this.isFailing = false;
    } catch (error) {
      patience.end();
      if (!this.isFailing && !isNotOpenYet(error))
        this.logger.warn({ msg: 'changes cannot be read from the store', err: error });
      this.isFailing = true;
    } finally {
      patience.cancel();
    }
  }

  /** One that began before another that has its answer says nothing new, or something that the next one says again. */
  private apply({ position, changes }: News, beganAt: number): void {
    if (beganAt < this.positionOf) return;
    if (changes) this.events.emit(TokensInvalidated.topic, changes);
    this.position = position;
    this.positionOf = beganAt;
    this.freshness.compared(beganAt);
    this.roll.confirm(position.value);
  }
}

/** The start reports why. */
const isNotOpenYet = (error: unknown): boolean => error instanceof DatabaseUnreachable && error.reason === undefined;

/**
 * Reports a store that does not answer a reading, again and again until the reading ends. Timers run before sockets are
 * read, so an answer that has arrived meanwhile comes first. What a process slept over is no absence of the store.
 */
class Patience {
  private readonly timer: NodeJS.Timeout;
  private isOver = false;

  constructor(
    private since: number,
    private readonly freshness: Freshness,
  ) {
    this.timer = setInterval(() => setImmediate(() => this.isOver || this.end()), ANSWER_LIMIT_MS).unref();
  }

  end(): void {
    this.freshness.failed(this.since);
    this.since = performance.now();
  }

  cancel(): void {
    this.isOver = true;
    clearInterval(this.timer);
  }
}
