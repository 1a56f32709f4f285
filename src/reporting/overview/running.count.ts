import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/values/actor.js';
import { withTimeout } from '../../common/values/with.timeout.js';
import { StreamService } from '../streams/stream.service.js';

/** A replica that follows changes by its poll alone answers within a third of a second. */
const WAIT_MS = 500;

/** How many requests run on all replicas, for answers that must not wait for a silent one. */
@Injectable()
export class RunningCount {
  constructor(private readonly streams: StreamService) {}

  /** Of those that exist for the actor. When replicas do not answer in time, or cannot be asked, those of this process. */
  async of(actor: Actor): Promise<number> {
    try {
      return await withTimeout(WAIT_MS, this.streams.count(actor));
    } catch {
      return this.streams.ownCount(actor);
    }
  }
}
