import type { LoggerService } from '@nestjs/common';
import type { ApiError } from '../common/errors/api.error.js';

const TELL_AGAIN_MS = 1000;

/** Says what is behind refusals that are our fault. What is away refuses every request: the reason is told once a second. */
export class ErrorSampler {
  /** By the code of a refusal: performance.now() of its last line, and how many had none since. */
  private readonly told = new Map<string, { at: number; leftOut: number }>();

  constructor(private readonly logger: LoggerService) {}

  refused(error: ApiError, requestId: string): void {
    if (error.status < 500 || !error.cause) return;
    const leftOut = error.status === 503 ? this.leftOutBefore(error.code) : 0;
    if (leftOut === undefined) return;
    const more = leftOut > 0 ? { left_out: leftOut } : {};
    this.logger.error({ msg: error.message, request_id: requestId, err: error.cause, ...more });
  }

  /** How many were left out before this one; undefined when it is to be left out, too. */
  private leftOutBefore(code: string): number | undefined {
    const now = performance.now();
    const last = this.told.get(code);
    if (last && now - last.at < TELL_AGAIN_MS) {
      last.leftOut += 1;
      return undefined;
    }
    this.told.set(code, { at: now, leftOut: 0 });
    return last?.leftOut ?? 0;
  }
}
