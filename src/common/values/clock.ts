import { Injectable } from '@nestjs/common';

/** A getter, and asked three times a request. */
const { timeOrigin } = performance;

/** The one source of wall time, so that a test can move it. */
@Injectable()
export class Clock {
  /**
   * Milliseconds since the epoch, UTC. Never earlier than what has passed since the process began: a wall clock that is
   * set back revives no token. One that was ahead and is put right does not stay ahead.
   */
  now(): number {
    return Math.max(Date.now(), Math.floor(timeOrigin + performance.now()));
  }
}
