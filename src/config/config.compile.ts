import { parseBytes } from '../common/values/bytes.js';
import { durationMs } from '../common/values/duration.js';
import { compileNetworks } from '../common/values/networks.js';
import type { AppConfig } from './app.config.js';
import { dispatcherOf } from './dispatcher.compile.js';
import type { SinkProxies } from './values/dispatcher.config.js';
import { parseListenAddress, splitList } from './values/config.validators.js';
import type { Environment } from './environment/environment.js';
import { hiddenTexts } from './environment/hidden.texts.js';
import { shownVariables } from './environment/shown.variables.js';
import type { Providers } from './provider/provider.js';
import type { VariableSources } from './values/variables.js';

/** The configuration of valid variables, frozen. */
export function compileConfig(
  env: Environment,
  providers: Providers,
  sinkProxies: SinkProxies = {},
  sources: VariableSources = {},
): AppConfig {
  return deepFreeze<AppConfig>({
    managementToken: env.MANAGEMENT_TOKEN,
    previousManagementToken: env.MANAGEMENT_TOKEN_PREVIOUS,
    encryptionKey: keyOf(env.ENCRYPTION_KEY),
    previousEncryptionKey: keyOf(env.ENCRYPTION_KEY_PREVIOUS),
    listen: parseListenAddress(env.LISTEN_ADDR)!,
    trustedProxies: trustedProxiesOf(env),
    workers: Number(env.WORKERS),
    database: databaseOf(env),
    redis:
      env.REDIS_URL === undefined
        ? undefined
        : { url: env.REDIS_URL, commandTimeoutMs: durationMs(env.REDIS_COMMAND_TIMEOUT) },
    log: logOf(env),
    metrics: env.ENABLE_METRICS === 'true' ? { path: env.METRICS_PATH, token: env.METRICS_TOKEN } : undefined,
    observability: {
      enabled: env.OBSERVABILITY_ENABLED === 'true',
      capture: env.OBSERVABILITY_CAPTURE_BODIES as 'off' | 'errors' | 'all',
      maxRequestBodyBytes: Number(env.OBSERVABILITY_MAX_REQUEST_BODY_BYTES),
      maxResponseBodyBytes: Number(env.OBSERVABILITY_MAX_RESPONSE_BODY_BYTES),
    },
    providers,
    upstream: {
      origin: providers.standard.origin,
      prefix: providers.standard.prefix,
      allowedPrivateOrigins: [...splitList(env.ALLOWED_PRIVATE_ORIGINS), ...providers.otherOrigins],
      droppedHeaders: splitList(env.DROP_REQUEST_HEADERS).map((name) => name.toLowerCase()),
      breakerFailures: Number(env.UPSTREAM_BREAKER_FAILURES),
    },
    client: {
      stallTimeoutMs: durationMs(env.CLIENT_STALL_TIMEOUT),
      webSocketIdleMs: durationMs(env.WEBSOCKET_IDLE_TIMEOUT),
      maxRequestBytes: parseBytes(env.MAX_REQUEST_SIZE) ?? 0,
      maxConnections: Number(env.MAX_CONNECTIONS),
      maxHeaderBytes: parseBytes(env.MAX_HEADER_SIZE)!,
      headersTimeoutMs: durationMs(env.HEADERS_TIMEOUT),
      keepAliveMs: durationMs(env.KEEP_ALIVE_TIMEOUT),
    },
    token: tokenOf(env),
    limits: limitsOf(env),
    audit: auditOf(env, sinkProxies),
    admin: adminOf(env),
    sources,
    dispatcher: dispatcherOf(env, sinkProxies),
    events: eventsOf(env),
    prices: { path: env.PRICES_PATH },
    stop: { preStopDelayMs: durationMs(env.PRE_STOP_DELAY), drainTimeoutMs: durationMs(env.DRAIN_TIMEOUT) },
  });
}

const keyOf = (text: string | undefined): Buffer | undefined => (text ? Buffer.from(text, 'base64') : undefined);

function trustedProxiesOf(env: Environment): AppConfig['trustedProxies'] {
  const entries = splitList(env.TRUSTED_PROXIES);
  return entries.length > 0 ? compileNetworks(entries) : undefined;
}

const databaseOf = (env: Environment): AppConfig['database'] => ({
  driver: env.DB_DRIVER as 'sqlite' | 'postgres' | 'mysql',
  path: env.DATABASE_PATH,
  synchronous: env.SQLITE_SYNCHRONOUS as 'normal' | 'full',
  url: env.DATABASE_URL ?? '',
  poolSize: Number(env.DATABASE_POOL_SIZE),
  maxIdle: Number(env.DATABASE_MAX_IDLE_CONNS),
  maxLifetimeMs: durationMs(env.DATABASE_CONN_MAX_LIFETIME),
  statementTimeoutMs: durationMs(env.DATABASE_STATEMENT_TIMEOUT),
  durability: env.DATABASE_DURABILITY as 'strict' | 'relaxed',
});

const logOf = (env: Environment): AppConfig['log'] => ({
  level: env.LOG_LEVEL,
  format: env.LOG_FORMAT as 'json' | 'console',
  file:
    env.LOG_FILE === undefined
      ? undefined
      : { path: env.LOG_FILE, maxBytes: parseBytes(env.LOG_MAX_SIZE) ?? 0, maxFiles: Number(env.LOG_MAX_FILES) },
});

const tokenOf = (env: Environment): AppConfig['token'] => ({
  defaultLifetimeMs: durationMs(env.DEFAULT_TOKEN_LIFETIME),
  cutOn: { revoke: env.STREAM_CUT_ON !== 'never', expiry: env.STREAM_CUT_ON === 'revoke,expiry' },
  staleGraceMs: durationMs(env.AUTH_STALE_GRACE),
  warnAt: env.TOKEN_WARN_AT === 'off' ? [] : splitList(env.TOKEN_WARN_AT).map(Number),
  retentionMs: durationMs(env.TOKEN_RETENTION),
  headers: env.TOKEN_HEADERS === 'true',
});

const auditOf = (env: Environment, proxies: SinkProxies): AppConfig['audit'] => ({
  enabled: env.AUDIT_ENABLED === 'true',
  file:
    env.AUDIT_LOG_FILE === undefined
      ? undefined
      : {
          path: env.AUDIT_LOG_FILE,
          maxBytes: parseBytes(env.AUDIT_LOG_MAX_SIZE) ?? 0,
          maxFiles: Number(env.AUDIT_LOG_MAX_FILES),
        },
  retentionMs: durationMs(env.AUDIT_RETENTION),
  signingKey: env.AUDIT_SIGNING_KEY,
  previousKeys: env.AUDIT_PREVIOUS_KEYS,
  hidden: hiddenTexts(env, proxies),
  variables: shownVariables(env),
});

/** The longest time without a call in a session that outlives its browser. */
const REMEMBERED_IDLE_MS = 7 * 86_400_000;

function adminOf(env: Environment): AppConfig['admin'] {
  const rememberMs = durationMs(env.ADMIN_REMEMBER_MAX);
  return {
    enabled: env.ADMIN_UI_ENABLED === 'true',
    idleMs: durationMs(env.ADMIN_SESSION_IDLE),
    maxMs: durationMs(env.ADMIN_SESSION_MAX),
    rememberMs,
    rememberIdleMs: Math.min(REMEMBERED_IDLE_MS, rememberMs),
  };
}

const limitsOf = (env: Environment): AppConfig['limits'] => ({
  globalPerMinute: Number(env.GLOBAL_RATE_LIMIT),
  addressPerMinute: Number(env.IP_RATE_LIMIT),
  everyToken:
    env.DISTRIBUTED_RATE_LIMIT_ENABLED === 'true'
      ? { max: Number(env.DISTRIBUTED_RATE_LIMIT_MAX), windowMs: durationMs(env.DISTRIBUTED_RATE_LIMIT_WINDOW) }
      : undefined,
  keyPrefix: env.DISTRIBUTED_RATE_LIMIT_PREFIX,
  keySecret: env.DISTRIBUTED_RATE_LIMIT_KEY_SECRET,
  fallback: env.DISTRIBUTED_RATE_LIMIT_FALLBACK === 'true',
});

const eventsOf = (env: Environment): AppConfig['events'] => ({
  bus: env.LLM_PROXY_EVENT_BUS as AppConfig['events']['bus'],
  bufferSize: Number(env.OBSERVABILITY_BUFFER_SIZE),
  durability: env.EVENT_DURABILITY as 'batched' | 'strict',
  keepMs: durationMs(env.EVENTS_KEEP),
  maxAgeMs: durationMs(env.EVENTS_MAX_AGE),
  maxBytes: parseBytes(env.EVENTS_MAX_BYTES)!,
  usageKeepMs: durationMs(env.USAGE_KEEP),
  bodiesKeepMs: durationMs(env.EVENTS_BODIES_KEEP),
  bodiesMaxBytes: parseBytes(env.EVENTS_BODIES_MAX_BYTES)!,
});

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value))
    if (typeof child === 'object' && child !== null && !Buffer.isBuffer(child)) deepFreeze(child as object);
  return Object.freeze(value);
}
