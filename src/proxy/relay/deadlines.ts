import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import type { End } from '../../http/exchange.js';
import type { RelayLimits } from './relay.limits.js';

/** What an exchange waits for, and since when: performance.now(), for the wall clock may jump and must end no stream. */
export interface Wait {
  /** The client, to send or to read; the upstream's next byte; the head of its response; a frame of either side. */
  readonly for: 'client' | 'upstream' | 'response_head' | 'frame';
  readonly since: number;
}

/** How an exchange ends whose time is up. */
export interface TimedOut {
  readonly end: End;
  readonly error: ApiError;
  /** For the log, when the upstream was too slow. */
  readonly why?: string;
}

const upstreamTimedOut = (why: string): TimedOut => ({ end: 'upstream_timeout', error: errors.upstreamTimeout(), why });
const tookTooLong = (): TimedOut => ({
  end: 'upstream_timeout',
  error: errors.durationExceeded(),
  why: 'MAX_DURATION',
});
const wasIdle = (): TimedOut => ({ end: 'limit', error: errors.webSocketIdle() });
const clientTimedOut = (): TimedOut => ({ end: 'client', error: errors.requestTimeout() });

/** The deadline that an exchange has passed; undefined when it is in time. The one authority, for HTTP and WebSocket alike. */
export function passedDeadline(
  startedAt: number,
  wait: Wait | undefined,
  limits: RelayLimits,
  now: number,
): TimedOut | undefined {
  if (now - startedAt > limits.maxDurationMs) return tookTooLong();
  if (wait === undefined) return undefined;
  const waitedMs = now - wait.since;
  switch (wait.for) {
    case 'client':
      return waitedMs > limits.clientStallMs ? clientTimedOut() : undefined;
    case 'upstream':
      return waitedMs > limits.idleTimeoutMs ? upstreamTimedOut('IDLE_TIMEOUT') : undefined;
    case 'response_head':
      return waitedMs > limits.headersTimeoutMs ? upstreamTimedOut('HEADERS_TIMEOUT') : undefined;
    case 'frame':
      return waitedMs > limits.webSocketIdleMs ? wasIdle() : undefined;
    default:
      return wait.for satisfies never;
  }
}
