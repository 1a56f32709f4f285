import type { Networks } from '../common/values/networks.js';
import type { UpstreamBase } from '../common/values/upstream.base.js';
import type { Providers } from './provider.js';

/** Milliseconds. */
export interface DatabaseConfig {
  readonly driver: 'sqlite' | 'postgres' | 'mysql';
  /** Of the SQLite file. */
  readonly path: string;
  readonly synchronous: 'normal' | 'full';
  /** Of a server; empty for SQLite. Holds a password. */
  readonly url: string;
  readonly poolSize: number;
  readonly maxIdle: number;
  readonly maxLifetimeMs: number;
  readonly statementTimeoutMs: number;
}

/** The configuration of one running server: typed, validated, frozen; also the token it is injected by. */
export abstract class AppConfig {
  abstract readonly managementToken: string;
  /** 32 bytes, or absent: upstream keys then rest in clear. */
  abstract readonly encryptionKey: Buffer | undefined;
  /** The key before this one, still read while values are moved to the new one. */
  abstract readonly previousEncryptionKey: Buffer | undefined;
  abstract readonly listen: { readonly host: string; readonly port: number };
  /** The proxies whose `X-Forwarded-For` is trusted; absent when there are none. */
  abstract readonly trustedProxies: Networks | undefined;
  /** Processes that serve, each a replica. */
  abstract readonly workers: number;
  abstract readonly database: DatabaseConfig;
  /** Absent without REDIS_URL. */
  abstract readonly redis: { readonly url: string; readonly commandTimeoutMs: number } | undefined;
  abstract readonly log: { readonly level: string; readonly format: 'json' | 'console' };
  /** The upstreams that projects choose from. */
  abstract readonly providers: Providers;
  /** The standard provider's base, and what holds for all. */
  abstract readonly upstream: UpstreamBase & {
    /** Origins a project may name although they are private addresses. */
    readonly allowedPrivateOrigins: readonly string[];
    /** Failures in a row that open the breaker; 0 = never. */
    readonly breakerFailures: number;
  };
  abstract readonly client: {
    readonly stallTimeoutMs: number;
    /** 0 = no limit. */
    readonly maxRequestBytes: number;
    /** 0 = as many as the process's descriptors allow. */
    readonly maxConnections: number;
  };
  abstract readonly token: {
    readonly defaultLifetimeMs: number;
    /** What ends streams and sockets that are running. */
    readonly cutOn: { readonly revoke: boolean; readonly expiry: boolean };
    /** How long what memory knows of uncapped tokens is believed while the store does not answer; 0 = not at all. */
    readonly staleGraceMs: number;
  };
  abstract readonly limits: {
    /** Requests in a minute, of all clients and of one address; 0 = no limit. */
    readonly globalPerMinute: number;
    readonly addressPerMinute: number;
    /** What holds for tokens without a limit of their own; absent = none. */
    readonly everyToken: { readonly max: number; readonly windowMs: number } | undefined;
    /** Of the keys in Redis. */
    readonly keyPrefix: string;
    readonly keySecret: string | undefined;
    /** Without Redis: this replica's share of a limit (true), or a refusal (false). */
    readonly fallback: boolean;
  };
  abstract readonly stop: { readonly preStopDelayMs: number; readonly drainTimeoutMs: number };
}
