import { Injectable } from '@nestjs/common';
import { errors } from '../../common/errors/errors.js';
import { AppConfig } from '../../config/app.config.js';

/** While open, one request in this time is let through to see whether the upstream is back. */
export const PROBE_EVERY_MS = 5000;

/** The statuses that say that nobody is there to answer, whoever says it: an upstream, or we of one. */
export const GATEWAY_FAILURES: ReadonlySet<number> = new Set([502, 503, 504]);

interface Fault {
  consecutive: number;
  /** performance.now() from which the next request may probe; meaningful while open. */
  nextProbeAt: number;
}

/**
 * Stops asking an upstream that does not answer. One switch per origin and project, never per proxy: somebody else's
 * broken key or host is nobody else's outage. Only consecutive failures open it, any real answer closes it.
 */
@Injectable()
export class UpstreamBreaker {
  private readonly threshold: number;
  /** Only what is failing now has an entry. */
  private readonly faults = new Map<string, Fault>();

  constructor(config: AppConfig) {
    this.threshold = config.upstream.breakerFailures;
  }

  /** Throws `upstream_unavailable` while open, except for the one probe. Costs a look into an empty map when all is well. */
  assertMayPass(origin: string, projectId: string): void {
    if (this.faults.size === 0) return;
    const fault = this.faults.get(keyOf(origin, projectId));
    if (!fault || fault.consecutive < this.threshold) return;
    const waitMs = fault.nextProbeAt - performance.now();
    if (waitMs > 0) throw errors.upstreamUnavailable(Math.ceil(waitMs));
    fault.nextProbeAt = performance.now() + PROBE_EVERY_MS;
  }

  succeeded(origin: string, projectId: string): void {
    if (this.faults.size > 0) this.faults.delete(keyOf(origin, projectId));
  }

  failed(origin: string, projectId: string): void {
    if (this.threshold === 0) return;
    const key = keyOf(origin, projectId);
    const fault = this.faults.get(key) ?? { consecutive: 0, nextProbeAt: 0 };
    fault.consecutive += 1;
    fault.nextProbeAt = performance.now() + PROBE_EVERY_MS;
    this.faults.set(key, fault);
  }
}

const keyOf = (origin: string, projectId: string): string => `${origin} ${projectId}`;
