import type { ShownVariables } from './environment/shown.variables.js';
import type { Networks } from '../common/values/networks.js';
import type { UpstreamBase } from '../common/values/upstream.base.js';
import type { DispatcherConfig } from './values/dispatcher.config.js';
import type { Providers } from './provider/provider.js';
import type { VariableSources } from './values/variables.js';

/** How to reach the database. */
export interface DatabaseConfig {
  readonly driver: 'sqlite' | 'postgres' | 'mysql';
  /** The path of the SQLite file. */
  readonly path: string;
  readonly synchronous: 'normal' | 'full';
  /** The URL of the database server, with its password; empty for SQLite. */
  readonly url: string;
  readonly poolSize: number;
  /** Connections that stay open without use. */
  readonly maxIdle: number;
  readonly maxLifetimeMs: number;
  readonly statementTimeoutMs: number;
  /** `relaxed`: a server that may forget acknowledged commits is used. */
  readonly durability: 'strict' | 'relaxed';
}

/** What happens to the events of proxied requests. */
export interface EventsConfig {
  readonly bus: 'outbox' | 'in-memory' | 'redis-streams';
  /** Events of the in-memory bus. 64 times as many wait for a store that does not take them. */
  readonly bufferSize: number;
  /** `strict`: a request is on disk as begun before its first byte goes upstream. */
  readonly durability: 'batched' | 'strict';
  /** How long requests can be searched; 0 = they are not kept. */
  readonly keepMs: number;
  /** How long, and up to how many bytes, events wait for a sink. 0 bytes = no limit. */
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  /** How long usage by quarter hour is kept; 0 = for ever. */
  readonly usageKeepMs: number;
  /** How long captured bodies are kept, and up to how many bytes of each project. 0 bytes = no limit. */
  readonly bodiesKeepMs: number;
  readonly bodiesMaxBytes: number;
}

/** The log of who did what. */
export interface AuditConfig {
  /** False: no rows are written; those that exist are shown. */
  readonly enabled: boolean;
  /** A copy of the rows. `maxBytes` 0 = no rotation; `maxFiles` includes the current file. */
  readonly file: { readonly path: string; readonly maxBytes: number; readonly maxFiles: number } | undefined;
  /** How long rows are kept; 0 = for ever. */
  readonly retentionMs: number;
  /** The text of an Ed25519 private key; absent: rows are not signed. */
  readonly signingKey: string | undefined;
  /** The texts of public keys whose signatures are trusted besides those of `signingKey`. */
  readonly previousKeys: string | undefined;
  /** The secrets of this process, which no row may contain. */
  readonly hidden: readonly string[];
  /** The variables of this process, as the log shows them at a start. */
  readonly variables: ShownVariables;
}

/** The web interface and its sessions. */
export interface AdminConfig {
  /** False: there is neither the interface nor a session. */
  readonly enabled: boolean;
  /** The longest time without a call, and from the login on. */
  readonly idleMs: number;
  readonly maxMs: number;
  /** The same of a session that outlives its browser; 0 = there is none. */
  readonly rememberMs: number;
  readonly rememberIdleMs: number;
}

/** The configuration of one server: validated and frozen. The class is also the token that it is injected by. */
export abstract class AppConfig {
  abstract readonly managementToken: string;
  /** The former management token, which is accepted too; absent without MANAGEMENT_TOKEN_PREVIOUS. */
  abstract readonly previousManagementToken: string | undefined;
  /** 32 bytes; without it the database stores upstream keys unencrypted. */
  abstract readonly encryptionKey: Buffer | undefined;
  /** The former key, which decrypts values until they are encrypted with the new one. */
  abstract readonly previousEncryptionKey: Buffer | undefined;
  abstract readonly listen: { readonly host: string; readonly port: number };
  /** The proxies whose `X-Forwarded-For` or `Forwarded` is trusted; absent when there are none. */
  abstract readonly trustedProxies: Networks | undefined;
  /** The number of server processes; each is a replica. */
  abstract readonly workers: number;
  abstract readonly database: DatabaseConfig;
  /** Absent without REDIS_URL. */
  abstract readonly redis: { readonly url: string; readonly commandTimeoutMs: number } | undefined;
  abstract readonly log: {
    readonly level: string;
    readonly format: 'json' | 'console';
    /** Absent: the log goes to standard output. `maxBytes` 0 = no rotation; `maxFiles` includes the current file. */
    readonly file: { readonly path: string; readonly maxBytes: number; readonly maxFiles: number } | undefined;
  };
  /** Absent when metrics are switched off. Without a token the route is public. */
  abstract readonly metrics: { readonly path: string; readonly token: string | undefined } | undefined;
  abstract readonly observability: {
    /** Disabled: no usage is read, and there are no events. */
    readonly enabled: boolean;
    /** Whose bodies are captured: of no exchange, of those with an error, or of all. */
    readonly capture: 'off' | 'errors' | 'all';
    /** How much of a body is captured; 0 = only its headers. */
    readonly maxRequestBodyBytes: number;
    readonly maxResponseBodyBytes: number;
  };
  /** The upstreams that projects choose from. */
  abstract readonly providers: Providers;
  /** The base URL of the standard provider, and settings for all providers. */
  abstract readonly upstream: UpstreamBase & {
    /** Origins that projects may use although their addresses are private. */
    readonly allowedPrivateOrigins: readonly string[];
    /** Headers of requests that are not forwarded, beside those that never are: lower-case names, and prefixes that end in `*`. */
    readonly droppedHeaders: readonly string[];
    /** Consecutive failures that open the breaker; 0 = it never opens. */
    readonly breakerFailures: number;
  };
  abstract readonly client: {
    readonly stallTimeoutMs: number;
    /** How long a WebSocket may be without a frame; 0 = no limit. */
    readonly webSocketIdleMs: number;
    /** 0 = no limit. */
    readonly maxRequestBytes: number;
    /** 0 = as many as the open-file limit of the process allows. */
    readonly maxConnections: number;
    /** Of a request line and its headers together. */
    readonly maxHeaderBytes: number;
    /** From the first byte of a request to the last of its headers. */
    readonly headersTimeoutMs: number;
    /** How long a connection stays open without a request. */
    readonly keepAliveMs: number;
  };
  abstract readonly token: {
    readonly defaultLifetimeMs: number;
    /** The events of a token that end its running streams and WebSockets. */
    readonly cutOn: { readonly revoke: boolean; readonly expiry: boolean };
    /** How long cached tokens without a cap stay valid while the database does not respond; 0 = not at all. */
    readonly staleGraceMs: number;
    /** What is left, in percent of the lifetime or cap, when operators are warned; from the most to the least. */
    readonly warnAt: readonly number[];
    /** How long a token is kept after its end; 0 = for ever. */
    readonly retentionMs: number;
    /** Responses say when the token expires and what is left of its cap. */
    readonly headers: boolean;
  };
  abstract readonly limits: {
    /** Requests of all clients in a minute; 0 = no limit. */
    readonly globalPerMinute: number;
    /** Requests of one client address in a minute; 0 = no limit. */
    readonly addressPerMinute: number;
    /** The limit of tokens without a limit of their own; absent = no limit. */
    readonly everyToken: { readonly max: number; readonly windowMs: number } | undefined;
    /** The prefix of the keys in Redis. */
    readonly keyPrefix: string;
    /** Hashes the names in the keys of Redis; absent = derived from the encryption key, if there is one. */
    readonly keySecret: string | undefined;
    /** When Redis does not respond: use this replica's share of a limit (true), or refuse the request (false). */
    readonly fallback: boolean;
  };
  abstract readonly audit: AuditConfig;
  abstract readonly admin: AdminConfig;
  abstract readonly sources: VariableSources;
  /** The sinks that events are sent to. */
  abstract readonly dispatcher: DispatcherConfig;
  abstract readonly events: EventsConfig;
  /** The path of a price file in place of the list that comes with the program; absent without PRICES_PATH. */
  abstract readonly prices: { readonly path: string | undefined };
  abstract readonly stop: { readonly preStopDelayMs: number; readonly drainTimeoutMs: number };
}
