import type { LoggerService } from '@nestjs/common';
import type { ApiError } from '../common/errors/api.error.js';

const INTERVAL_MS = 1000;

/** Logs the causes of errors of the proxy itself: of each 503 code at most once a second, because an outage fails every request. */
export class ErrorSampler {
  /** By error code: performance.now() of the last line, and the number of errors without a line since. */
  private readonly logged = new Map<string, { at: number; unlogged: number }>();

  constructor(private readonly logger: LoggerService) {}

  refused(error: ApiError, requestId: string): void {
    if (error.status < 500 || !error.cause) return;
    const unlogged = error.status === 503 ? this.countUnlogged(error.code) : 0;
    if (unlogged === undefined) return;
    const more = unlogged > 0 ? { left_out: unlogged } : {};
    this.logger.error({ msg: error.message, request_id: requestId, err: error.cause, ...more });
  }

  /** The number of errors that were not logged before this one; undefined when this one is not to be logged either. */
  private countUnlogged(code: string): number | undefined {
    const now = performance.now();
    const last = this.logged.get(code);
    if (last && now - last.at < INTERVAL_MS) {
      last.unlogged += 1;
      return undefined;
    }
    this.logged.set(code, { at: now, unlogged: 0 });
    return last?.unlogged ?? 0;
  }
}
