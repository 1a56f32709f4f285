import { Injectable } from '@nestjs/common';

/** The one source of wall time, so that a test can move it. */
@Injectable()
export class Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number {
    return Date.now();
  }
}
