import type { Variables } from '../config/config.loader.js';

/** What the primary tells a worker. */
export type ToWorker =
  /** The first word. It holds secrets: a pipe shows them to nobody, an argument or the environment would. */
  | { say: 'serve'; variables: Variables }
  /** The whole server ends: drain, on the open port. */
  | { say: 'stop'; why: string }
  /** This worker ends and another has taken its place: drain, away from the port. */
  | { say: 'leave' }
  /** Stop waiting for what still runs. */
  | { say: 'cut' };

/** What a worker tells the primary. */
export type FromWorker =
  | { say: 'listening'; port: number }
  /** It will not start: lines for the operator, and the exit code. */
  | { say: 'refused'; exitCode: number; faults: readonly string[] }
  /** It was told to end, or has to: its place is to be filled. */
  | { say: 'leaving' };
