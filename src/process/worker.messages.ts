import type { Variables } from '../config/values/variables.js';

/** From the primary to a worker. */
export type ToWorker =
  /** The first message. It holds secrets, which an argument or the environment would show to other processes. */
  | { type: 'serve'; variables: Variables }
  /** The whole server stops: drain, with the port open. */
  | { type: 'stop'; why: string }
  /** Another worker replaces this one: stop listening, and drain. */
  | { type: 'leave' }
  /** Cut the requests that still run. */
  | { type: 'cut' };

/** From a worker to the primary. */
export type FromWorker =
  | { type: 'listening'; port: number }
  /** The worker does not start: lines for the operator, and the exit code. */
  | { type: 'refused'; exitCode: number; problems: readonly string[] }
  /** The worker is about to end and needs a replacement. */
  | { type: 'leaving' };
