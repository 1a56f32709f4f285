import type { Sample } from '../../metrics/sample.js';

/** The delivery to sinks on the worker, as far as the journal knows it. */
export interface WorkerSinks {
  start(): void;
  /** Looks for events now. */
  wake(): void;
  /** Ends after the batches in flight, within seconds. */
  stop(): Promise<void>;
  /** One entry a sink, for `/health`. */
  status(): Promise<readonly object[]>;
  samples(): Promise<readonly Sample[]>;
}
