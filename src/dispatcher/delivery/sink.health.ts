import type { SinkLag } from '../../events/event/event.bus.js';
import type { SinkStatus } from './sink.status.js';

/** What is known of one sink in this process. */
export class SinkHealth {
  state: SinkStatus['state'] = 'idle';
  /** Consecutive ones. */
  failures = 0;
  private reason: string | undefined;
  private succeededAt: number | undefined;

  constructor(private readonly sink: string) {}

  onSuccess(): void {
    this.state = 'delivering';
    this.failures = 0;
    this.reason = undefined;
    this.succeededAt = Date.now();
  }

  onFailure(state: 'retrying' | 'broken', reason: string): void {
    this.state = state;
    this.failures += 1;
    this.reason = reason;
  }

  onIdle(): void {
    this.state = 'idle';
    this.failures = 0;
    this.reason = undefined;
  }

  status(lag: SinkLag | undefined): SinkStatus {
    const { sink, state, failures, reason, succeededAt } = this;
    return {
      sink,
      state,
      ...(lag && { lag_events: lag.events, lag_seconds: lag.seconds }),
      ...(succeededAt !== undefined && { last_success_at: new Date(succeededAt).toISOString() }),
      consecutive_failures: failures,
      ...(reason !== undefined && { reason }),
    };
  }
}
