import { Injectable } from '@nestjs/common';
import { SlotSet, type Slot } from '../common/values/slot.set.js';

const EVERY_MS = 250;

export interface Watched {
  /** Called four times a second with performance.now(): the wall clock may jump and must end no stream. */
  check(now: number): void;
}

/**
 * One timer for all running exchanges: one for each would cost every request. A deadline is exact to ¼ s. A process that
 * stood still reads its sockets before it checks: Node runs timers first, then reads, then runs immediates.
 */
@Injectable()
export class DeadlineWatch {
  private readonly watched = new SlotSet<Watched>();
  private timer: NodeJS.Timeout | undefined;

  add(exchange: Watched): Slot<Watched> {
    this.timer ??= setInterval(() => setImmediate(() => this.tick()), EVERY_MS).unref();
    return this.watched.add(exchange);
  }

  remove(place: Slot<Watched>): void {
    this.watched.delete(place);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Checks every exchange. */
  tick(now = performance.now()): void {
    for (const exchange of this.watched) exchange.check(now);
  }
}
