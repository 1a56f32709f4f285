import type { Family } from '../metrics/metric.js';
import type { Variables, VariableSources } from '../config/values/variables.js';

/** What a worker is configured by. */
export interface WorkerSettings {
  variables: Variables;
  sources: VariableSources;
}

/** From the primary to a worker. */
export type ToWorker =
  /** The first message. It holds secrets, which an argument or the environment would show to other processes. */
  | ({ type: 'serve' } & WorkerSettings)
  /** The whole server stops: drain, with the port open. */
  | { type: 'stop'; why: string }
  /** Another worker replaces this one: stop listening, and drain. */
  | { type: 'leave' }
  /** Cut the requests that still run. */
  | { type: 'cut' }
  | MetricsToWorker;

export type MetricsToWorker =
  /** Asks for the metrics of this worker. */
  | { type: 'report'; id: number }
  /** The answer to `gather`: the metrics of the other workers, one list each, and the counters of those that have ended. */
  | { type: 'gathered'; id: number; metrics: readonly (readonly Family[])[] };

/** From a worker to the primary. */
export type FromWorker =
  | { type: 'listening'; port: number }
  /** The worker does not start: lines for the operator, and the exit code. */
  | { type: 'refused'; exitCode: number; problems: readonly string[] }
  /** The worker is about to end and needs a replacement. */
  | { type: 'leaving' }
  | MetricsFromWorker;

/** Both bring the metrics of the worker that sends them. */
export type MetricsFromWorker =
  /** A scrape has come to this worker: it asks for the metrics of the others. */
  | { type: 'gather'; id: number; metrics: readonly Family[] }
  /** The answer to `report`, or without an id the last metrics before the worker ends. */
  | { type: 'metrics'; id?: number; metrics: readonly Family[] };
