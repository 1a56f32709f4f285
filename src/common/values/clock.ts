import { Injectable } from '@nestjs/common';

/** Read once: it is a getter, and each request needs it three times. */
const { timeOrigin } = performance;

/** The only source of wall-clock time, so that a test can replace it. */
@Injectable()
export class Clock {
  /**
   * Milliseconds since the epoch, UTC. Never earlier than the start time of the process plus its monotonic run time, so
   * that setting the system clock back does not make an expired token valid again.
   */
  now(): number {
    return Math.max(Date.now(), Math.floor(timeOrigin + performance.now()));
  }
}
