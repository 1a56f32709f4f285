import type { Family } from './metric.js';

/** The other workers of the server. */
export interface MetricPeers {
  /** The metrics of the others, and what stays of those that have ended. `own` are those of this process. Does not throw. */
  gather(own: readonly Family[]): Promise<readonly (readonly Family[])[]>;
}
