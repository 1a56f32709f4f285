import { Injectable } from '@nestjs/common';
import { errors } from '../../common/errors/errors.js';
import { isoTime } from '../../common/values/fast.format.js';
import { AppConfig } from '../../config/app.config.js';
import { Notices } from '../../events/journal/notices.js';

/** While open, one request in this time is let through to see whether the upstream is back. */
export const PROBE_EVERY_MS = 5000;

/** The codes of refusals that say that no upstream is there to respond. A response of its own, 503 included, shows that it is. */
export const IS_AWAY: ReadonlySet<string> = new Set(['upstream_unreachable', 'upstream_reset', 'upstream_timeout']);

interface Failures {
  consecutive: number;
  /** performance.now() from which the next request may probe; meaningful while open. */
  nextProbeAt: number;
}

/**
 * Stops sending to an upstream that does not respond. One breaker an origin and project: the broken key or host of one
 * project is no outage of another. Only consecutive failures open it; any real response closes it.
 */
@Injectable()
export class UpstreamBreaker {
  private readonly threshold: number;
  /** By origin and project; only those that fail now have an entry. */
  private readonly failing = new Map<string, Failures>();

  constructor(
    config: AppConfig,
    private readonly notices: Notices,
  ) {
    this.threshold = config.upstream.breakerFailures;
  }

  /** Throws `upstream_unavailable` while open, except for the one probe. Costs a look into an empty map when nothing fails. */
  assertMayPass(origin: string, projectId: string): void {
    if (this.failing.size === 0) return;
    const failures = this.failing.get(keyOf(origin, projectId));
    if (!failures || failures.consecutive < this.threshold) return;
    const waitMs = failures.nextProbeAt - performance.now();
    if (waitMs > 0) throw errors.upstreamUnavailable(Math.ceil(waitMs));
    failures.nextProbeAt = performance.now() + PROBE_EVERY_MS;
  }

  succeeded(origin: string, projectId: string): void {
    if (this.failing.size > 0) this.failing.delete(keyOf(origin, projectId));
  }

  failed(origin: string, projectId: string): void {
    if (this.threshold === 0) return;
    const key = keyOf(origin, projectId);
    const failures = this.failing.get(key) ?? { consecutive: 0, nextProbeAt: 0 };
    failures.consecutive += 1;
    failures.nextProbeAt = performance.now() + PROBE_EVERY_MS;
    this.failing.set(key, failures);
    if (failures.consecutive === this.threshold) this.opened(origin, projectId);
  }

  /** Replicas see the same outage: its hour stands for it. Operators get one line and one notice. */
  private opened(origin: string, projectId: string): void {
    void this.notices.send({
      type: 'breaker.opened',
      subject: `${projectId}:${origin}`,
      occasion: isoTime(Date.now()).slice(0, 13),
      projectId,
      message: `The upstream ${origin} does not respond: requests of this project are refused until it does.`,
    });
  }
}

const keyOf = (origin: string, projectId: string): string => `${origin} ${projectId}`;
