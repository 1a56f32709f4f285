import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Invalidated } from '../changes/invalidated.js';
import { InFlightRegistry, type TokenIdentity } from './in.flight.registry.js';
import { TokenCache } from './token.cache.js';

/**
 * The one entry of invalidations. The cache forgets before the exchanges in flight are judged, and both happen in one step
 * of the event loop: a reader that compares the epoch before and after sees all of it or nothing.
 */
@Injectable()
export class TokenInvalidation {
  constructor(
    private readonly cache: TokenCache,
    private readonly inFlight: InFlightRegistry,
  ) {}

  /** Grows with every invalidation: what was read at an earlier epoch may be outdated. */
  get epoch(): number {
    return this.inFlight.epoch;
  }

  @OnEvent(Invalidated.topic)
  onInvalidated({ tokens, projects, everything }: Invalidated): void {
    // A token that was unknown may have been imported.
    if (everything) this.cache.forgetUnknown();
    this.invalidate(({ id, projectId }) => everything || tokens.has(id) || projects.has(projectId));
  }

  invalidateToken(id: string): void {
    this.invalidate((token) => token.id === id);
  }

  invalidateProject(id: string): void {
    this.invalidate((token) => token.projectId === id);
  }

  private invalidate(concerns: (token: TokenIdentity) => boolean): void {
    this.cache.forget(concerns);
    this.inFlight.invalidate(concerns);
  }
}
