import type { DatabaseConfig } from '../../config/app.config.js';
import { StatementLimit } from './statement.limit.js';
import { ReadyGate } from './ready.gate.js';

/** Asked by the system, not by us: a server that lost its power is noticed by connections that only wait. */
export const KEEP_ALIVE_AFTER_MS = 10_000;
/** Connections that nobody used for so long are closed. */
export const IDLE_MS = 60_000;
/** A server that is frozen does not say good-bye; it is not waited for any longer. */
export const END_LIMIT_MS = 1000;

const CONNECT_LIMIT_MS = 1000;
/** One holds the lock and migrates, the other is for the checks that follow. */
const MAINTENANCE_CONNECTIONS = 2;

/** What a pool of connections is for. */
export interface PoolUse {
  /** What the server is told. */
  readonly name: string;
  readonly gate: ReadyGate;
  readonly limit: StatementLimit;
  readonly size: number;
  readonly maxIdle: number;
  readonly maxLifetimeMs: number;
  /** Connects when it is first asked. Otherwise it fails at once when the server is away. */
  readonly isLazy: boolean;
  /** Breaks off whatever is being waited for. */
  readonly signal?: AbortSignal | undefined;
}

/** For requests: quick to give up, and shut until `gate` opens. */
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
  limit: new StatementLimit(limitMs, CONNECT_LIMIT_MS),
  size: MAINTENANCE_CONNECTIONS,
  maxIdle: MAINTENANCE_CONNECTIONS,
  maxLifetimeMs: Infinity,
  isLazy: false,
  signal,
});
