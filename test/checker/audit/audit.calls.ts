import type { Tables } from './audit.tables.js';

/**
 * What the client knows: `done` (2xx), `refused`, `undecided` (the store did not answer the server), `unknown` (the connection
 * broke), `unsent` (the connection was refused).
 */
export type Answer = 'done' | 'refused' | 'undecided' | 'unknown' | 'unsent';

/** A change stands, does not stand, or only a part of it does, which must never be. */
export type Standing = 'stands' | 'absent' | 'torn';

/** A management call by its client. Its request id is its own. */
export interface Call {
  readonly id: string;
  readonly action: string;
  /** What the tables show of the change; none of what is refused. */
  standing?: ((tables: Tables) => Standing) | undefined;
  /** The client asks for something that is always refused. */
  readonly isRefusal: boolean;
  answer: Answer;
  status?: number;
  code?: string;
}

/** The standing of a change that has several parts. */
export function all(parts: readonly boolean[]): Standing {
  if (parts.every(Boolean)) return 'stands';
  return parts.some(Boolean) ? 'torn' : 'absent';
}
