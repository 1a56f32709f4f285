import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Bag, type Place } from '../common/values/bag.js';

const EVERY_MS = 250;

export interface Watched {
  /** Called a few times a second with performance.now(): the wall clock may jump, and must end no stream. */
  check(now: number): void;
}

/** One timer for all running exchanges: a timer each would cost every request. Deadlines are kept to ¼ s. */
@Injectable()
export class DeadlineWatch implements OnApplicationShutdown {
  private readonly watched = new Bag<Watched>();
  private timer: NodeJS.Timeout | undefined;

  /** Until `leave`. */
  add(exchange: Watched): Place<Watched> {
    this.timer ??= setInterval(() => this.tick(), EVERY_MS).unref();
    return this.watched.add(exchange);
  }

  leave(place: Place<Watched>): void {
    this.watched.leave(place);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Lets every exchange look at the time. */
  tick(now = performance.now()): void {
    for (const exchange of this.watched) exchange.check(now);
  }
}
