import type { IncomingMessage } from 'node:http';
import type { Action } from './audit.action.js';

/** The interface that a call came in through. Clients state it themselves. */
export const ORIGINS = ['api', 'cli', 'admin-ui', 'system'] as const;
export type Origin = (typeof ORIGINS)[number];

/** What is known of a management call. Made once, before the credential is looked at. */
export interface ManagementCall {
  readonly requestId: string;
  readonly correlationId: string | undefined;
  /** Empty when the connection is gone. */
  readonly clientIp: string;
  readonly userAgent: string | undefined;
  readonly method: string;
  /** Printable, without its query. */
  readonly path: string;
  /** The web interface shows itself only with its credential. */
  origin: Origin;
  /** What the route does; undefined for a route that is not audited. */
  readonly action: Action | undefined;
  /** The rows of this call in the audit log that are committed. */
  rows: number;
  /** Its transaction broke off at its end: the database may have committed it, with its row. */
  isOutcomeUnknown?: boolean;
  /** The project that it is about, once it is known to exist for the caller: its refusal has it too. */
  projectId?: string;
}

/** Beside the exchange: only management routes pay for it. */
const CALLS = new WeakMap<IncomingMessage, ManagementCall>();

/** Remembers what is known of a management call. A second call of this function has no effect. */
export function startCall(request: IncomingMessage, facts: Omit<ManagementCall, 'rows'>): ManagementCall {
  const known = CALLS.get(request);
  if (known) return known;
  const call: ManagementCall = { ...facts, rows: 0 };
  CALLS.set(request, call);
  return call;
}

/** Undefined outside management routes. */
export const callOf = (request: IncomingMessage): ManagementCall | undefined => CALLS.get(request);
