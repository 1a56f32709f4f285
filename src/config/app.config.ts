import type { UpstreamBase } from '../common/upstream.base.js';
import type { Providers } from './provider.js';

/** The configuration of one running server: typed, validated, frozen; also the token it is injected by. */
export abstract class AppConfig {
  abstract readonly managementToken: string;
  /** 32 bytes, or absent: upstream keys then rest in clear. */
  abstract readonly encryptionKey: Buffer | undefined;
  abstract readonly listen: { readonly host: string; readonly port: number };
  /** Addresses and ranges whose `X-Forwarded-For` is believed. */
  abstract readonly trustedProxies: readonly string[];
  abstract readonly database: { readonly path: string; readonly synchronous: 'normal' | 'full' };
  abstract readonly log: { readonly level: string; readonly format: 'json' | 'console' };
  /** The upstreams that projects choose from. */
  abstract readonly providers: Providers;
  /** The standard provider's base, and what holds for all. */
  abstract readonly upstream: UpstreamBase & {
    /** Origins a project may name although they are private addresses. */
    readonly allowedPrivateOrigins: readonly string[];
    readonly connectTimeoutMs: number;
    readonly headersTimeoutMs: number;
    readonly idleTimeoutMs: number;
    readonly maxDurationMs: number;
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
  };
  abstract readonly stop: { readonly preStopDelayMs: number; readonly drainTimeoutMs: number };
}
