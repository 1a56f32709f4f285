import { Injectable } from '@nestjs/common';
import { SlotSet, type Slot } from '../common/values/slot.set.js';

const EVERY_MS = 250;

export interface Watched {
  /** Called a few times a second with performance.now(): the wall clock may jump, and must end no stream. */
  check(now: number): void;
}

/** One timer for all running exchanges: a timer each would cost every request. Deadlines are kept to ¼ s. */
@Injectable()
export class DeadlineWatch {
  private readonly watched = new SlotSet<Watched>();
  private timer: NodeJS.Timeout | undefined;

  /** Until `leave`. */
  add(exchange: Watched): Slot<Watched> {
    this.timer ??= setInterval(() => this.tick(), EVERY_MS).unref();
    return this.watched.add(exchange);
  }

  remove(place: Slot<Watched>): void {
    this.watched.delete(place);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Lets every exchange look at the time. */
  tick(now = performance.now()): void {
    for (const exchange of this.watched) exchange.check(now);
  }
}
