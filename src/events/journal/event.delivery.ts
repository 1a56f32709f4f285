import type { Sample } from '../../metrics/sample.js';

/** How the delivery to one sink goes, for `/health`. */
export interface SinkState {
  readonly sink: string;
  /** `broken`: it takes nothing until its settings change. */
  readonly state: 'idle' | 'delivering' | 'retrying' | 'broken';
  readonly lag_events?: number;
  readonly lag_seconds?: number;
  readonly last_success_at?: string;
  readonly consecutive_failures: number;
  readonly reason?: string;
}

/** The delivery of stored events to the sinks of this process. It runs on the events worker. */
export interface EventDelivery {
  start(): void;
  /** Takes lines that were just stored; a delivery that reads the store itself only looks there. */
  stored(lines: readonly string[]): void;
  /** Finishes what is in flight, within 5 s. */
  stop(): Promise<void>;
  status(): Promise<readonly SinkState[]>;
  samples(): Promise<readonly Sample[]>;
}
