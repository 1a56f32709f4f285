import type { Grant } from './grant.js';

/** The subject of a limit: part of its key, so that no two limits share a count. */
export type Scope = 'token' | 'project' | 'address' | 'all';

/** At most `max` requests in any `lengthMs`, over all requests of the same scope and id. */
export interface Window {
  readonly scope: Scope;
  readonly id: string;
  readonly max: number;
  readonly lengthMs: number;
}

/** At most `max` requests and WebSockets of a token, or of all tokens of a project, at a time. */
export interface ConcurrencyLimit {
  readonly scope: 'token' | 'project';
  readonly id: string;
  readonly max: number;
}

/** Every limit that one request has to pass. */
export interface Demand {
  readonly windows: readonly Window[];
  readonly slots: readonly ConcurrencyLimit[];
}

/** Counts requests against limits in time. */
export abstract class Counter {
  /**
   * Counts a request by all its limits in one step, or by none. Throws `rate_limit_exceeded`, with the milliseconds
   * after which all windows have room, `concurrency_exceeded`, or `limits_unavailable`.
   */
  abstract take(demand: Demand): Grant | Promise<Grant>;
}

const SUBJECTS: Readonly<Record<Scope, string>> = {
  token: 'the withering token',
  project: 'the project',
  address: 'this address',
  all: 'this server',
};

/** The subject of a limit as the refusal names it. */
export const subjectOf = ({ scope }: Pick<Window, 'scope'>): string => SUBJECTS[scope];
