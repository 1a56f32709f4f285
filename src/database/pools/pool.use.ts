import type { DatabaseConfig } from '../../config/app.config.js';
import { StatementLimit } from './statement.limit.js';
import { ReadyGate } from './ready.gate.js';

/** An idle connection is closed after this time. */
export const IDLE_MS = 60_000;
/** A polite end takes at most this long: a frozen server never responds. */
const END_TIMEOUT_MS = 1000;

const CONNECT_TIMEOUT_MS = 1000;
/** One has the migration lock and migrates, the other runs the checks. */
const MAINTENANCE_CONNECTIONS = 2;

/** What a pool of connections is for. */
export interface PoolUse {
  /** The name that the database server shows for its connections. */
  readonly name: string;
  readonly gate: ReadyGate;
  readonly limit: StatementLimit;
  readonly size: number;
  readonly maxIdle: number;
  readonly maxLifetimeMs: number;
  /** Connects on first use. A pool that is not lazy fails at once while the server is away. */
  readonly isLazy: boolean;
  /** Aborts every statement and every wait. */
  readonly signal?: AbortSignal | undefined;
}

/** Destroys the connections of a pool when its signal aborts. Returns its polite end, by force after END_TIMEOUT_MS. */
export function endable({ signal }: PoolUse, end: () => Promise<void>, destroyAll: () => void): () => Promise<void> {
  signal?.addEventListener('abort', destroyAll);
  return async () => {
    const timer = setTimeout(destroyAll, END_TIMEOUT_MS);
    await end().finally(() => clearTimeout(timer));
    signal?.removeEventListener('abort', destroyAll);
  };
}

/** For requests: short timeouts, and no connection until `gate` is open. */
export const forRequests = (config: DatabaseConfig, gate: ReadyGate): PoolUse => ({
  name: 'llm-proxy',
  gate,
  limit: new StatementLimit(config.statementTimeoutMs),
  size: config.poolSize,
  maxIdle: config.maxIdle,
  maxLifetimeMs: config.maxLifetimeMs,
  isLazy: true,
});

/** For work on the schema or on whole tables. */
export const forMaintenance = (limitMs: number, signal?: AbortSignal): PoolUse => ({
  name: 'llm-proxy migrate',
  gate: ReadyGate.open(),
  limit: new StatementLimit(limitMs, CONNECT_TIMEOUT_MS),
  size: MAINTENANCE_CONNECTIONS,
  maxIdle: MAINTENANCE_CONNECTIONS,
  maxLifetimeMs: Infinity,
  isLazy: false,
  signal,
});
