import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { parseBytes } from '../common/values/bytes.js';
import { parseDuration } from '../common/values/duration.js';
import { compileNetworks } from '../common/values/networks.js';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import { AppConfig } from './app.config.js';
import { databaseFileFaults, LISTEN_ADDRESS, splitList } from './config.validators.js';
import { Environment, SECRET_VARIABLES, VARIABLES } from './environment.js';
import { loadProviders } from './provider.choice.js';
import type { Providers } from './provider.js';
import { nearestName } from './nearest.name.js';
import { tokenWeakness } from './token.strength.js';

export type Variables = Record<string, string | undefined>;

/** What `.env` says, or nothing when there is no such file. A file that cannot be read is an error. */
export function readEnvFile(path: string): Variables {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError([`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`]);
  }
}

/** A configuration that is refused; no fault shows the value of a secret. */
export class ConfigError extends StartupError {
  constructor(faults: readonly string[]) {
    super(EXIT.config, faults);
    this.name = 'ConfigError';
  }
}

export interface LoadedConfig {
  config: AppConfig;
  /** Lines for the operator: the start goes on. */
  warnings: string[];
}

/** Validates all variables at once; throws ConfigError with every fault. */
export function loadConfig(variables: Variables): LoadedConfig {
  const env = toEnvironment(variables);
  const misspelt = misspellings(variables);
  const weakness = env.MANAGEMENT_TOKEN ? tokenWeakness(env.MANAGEMENT_TOKEN) : undefined;
  const faults = [...fieldFaults(env), ...crossFaults(env, variables)];
  const warnings: string[] = [];

  (env.NODE_ENV === 'production' ? faults : warnings).push(...(weakness ? [`MANAGEMENT_TOKEN ${weakness}`] : []));
  (env.CONFIG_STRICT === 'true' ? faults : warnings).push(...misspelt);
  // A required variable that is missing is often one that is misspelt.
  if (faults.length > 0) throw new ConfigError([...new Set([...faults, ...misspelt])]);
  const providers = loadProviders(env);
  if (providers.faults.length > 0) throw new ConfigError(providers.faults);

  if (!env.ENCRYPTION_KEY) warnings.push('ENCRYPTION_KEY is not set: upstream keys rest in clear in the database');
  if (env.API_CONFIG_PATH !== undefined && env.OPENAI_API_URL !== new Environment().OPENAI_API_URL)
    warnings.push('OPENAI_API_URL is not used: API_CONFIG_PATH names the providers');
  const config = toConfig(env, providers.providers);
  if (isPublic(config.listen.host) && !config.trustedProxies)
    warnings.push(
      'LISTEN_ADDR is reachable from other machines over plain HTTP: put a TLS proxy in front and name it in TRUSTED_PROXIES',
    );
  return { config, warnings };
}

/** Absent and empty mean the default, except for secrets, where empty is a fault of its own. */
function toEnvironment(variables: Variables): Environment {
  const given: Variables = {};
  for (const name of VARIABLES) {
    const value = variables[name];
    if (value !== undefined && (value !== '' || SECRET_VARIABLES.includes(name))) given[name] = value;
  }
  return plainToInstance(Environment, given, { exposeDefaultValues: true });
}

/** One line a variable: the rule that reads first (decorators run from the bottom up, so it is the last to fail). */
const fieldFaults = (env: Environment): string[] =>
  validateSync(env).map(
    (fault) => `${fault.property} ${Object.values(fault.constraints ?? {}).at(-1) ?? 'is not valid'}`,
  );

function crossFaults(env: Environment, variables: Variables): string[] {
  const faults: string[] = [];
  if (env.NODE_ENV === 'production' && env.ENCRYPTION_KEY === undefined)
    faults.push('ENCRYPTION_KEY is required when NODE_ENV=production');
  if (env.ENCRYPTION_KEY && env.ENCRYPTION_KEY === env.MANAGEMENT_TOKEN)
    faults.push('ENCRYPTION_KEY must differ from MANAGEMENT_TOKEN');
  if (variables['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    faults.push('NODE_TLS_REJECT_UNAUTHORIZED=0 is refused: upstream TLS is always verified');
  if (env.REQUIRE_ENCRYPTION_KEY === 'true' && env.ENCRYPTION_KEY === undefined)
    faults.push('ENCRYPTION_KEY is required when REQUIRE_ENCRYPTION_KEY=true');
  if (env.ENCRYPTION_KEY_PREVIOUS !== undefined && env.ENCRYPTION_KEY === undefined)
    faults.push('ENCRYPTION_KEY_PREVIOUS needs ENCRYPTION_KEY, the key that takes its place');
  if (env.ENCRYPTION_KEY_PREVIOUS !== undefined && env.ENCRYPTION_KEY_PREVIOUS === env.ENCRYPTION_KEY)
    faults.push('ENCRYPTION_KEY_PREVIOUS must differ from ENCRYPTION_KEY');
  return [...faults, ...databaseFaults(env)];
}

function databaseFaults(env: Environment): string[] {
  if (env.DB_DRIVER === 'sqlite')
    return [
      ...(env.DATABASE_URL === undefined ? [] : ['DATABASE_URL is set, but DB_DRIVER is sqlite: set DB_DRIVER']),
      ...(env.WORKERS === '1' ? [] : ['WORKERS must be 1 with DB_DRIVER=sqlite: SQLite serves one process']),
    ];
  if (env.DB_DRIVER !== 'postgres' && env.DB_DRIVER !== 'mysql') return [];
  if (env.DATABASE_URL === undefined) return [`DATABASE_URL is required when DB_DRIVER=${env.DB_DRIVER}`];
  const isPostgres = /^postgres(?:ql)?:/i.test(env.DATABASE_URL);
  if (isPostgres !== (env.DB_DRIVER === 'postgres')) return [`DATABASE_URL is not one of DB_DRIVER=${env.DB_DRIVER}`];
  return isPostgres && URL.canParse(env.DATABASE_URL) ? databaseFileFaults(env.DATABASE_URL) : [];
}

const misspellings = (variables: Variables): string[] =>
  Object.keys(variables).flatMap((name) => {
    const nearest = nearestName(name, VARIABLES);
    return nearest ? [`${name} is not known: did you mean ${nearest}?`] : [];
  });

const isPublic = (host: string): boolean => !['127.0.0.1', '::1', 'localhost'].includes(host);

const keyOf = (text: string | undefined): Buffer | undefined => (text ? Buffer.from(text, 'base64') : undefined);

const ms = (text: string): number => parseDuration(text) ?? 0;

function toConfig(env: Environment, providers: Providers): AppConfig {
  const address = LISTEN_ADDRESS.exec(env.LISTEN_ADDR)!;
  const trusted = splitList(env.TRUSTED_PROXIES);
  return deepFreeze<AppConfig>({
    managementToken: env.MANAGEMENT_TOKEN,
    encryptionKey: keyOf(env.ENCRYPTION_KEY),
    previousEncryptionKey: keyOf(env.ENCRYPTION_KEY_PREVIOUS),
    listen: { host: address[1] || address[2] || '::', port: Number(address[3]) },
    trustedProxies: trusted.length > 0 ? compileNetworks(trusted) : undefined,
    workers: Number(env.WORKERS),
    database: {
      driver: env.DB_DRIVER as 'sqlite' | 'postgres' | 'mysql',
      path: env.DATABASE_PATH,
      synchronous: env.SQLITE_SYNCHRONOUS as 'normal' | 'full',
      url: env.DATABASE_URL ?? '',
      poolSize: Number(env.DATABASE_POOL_SIZE),
      maxIdle: Number(env.DATABASE_MAX_IDLE_CONNS),
      maxLifetimeMs: ms(env.DATABASE_CONN_MAX_LIFETIME),
      statementTimeoutMs: ms(env.DATABASE_STATEMENT_TIMEOUT),
    },
    redis:
      env.REDIS_URL === undefined ? undefined : { url: env.REDIS_URL, commandTimeoutMs: ms(env.REDIS_COMMAND_TIMEOUT) },
    log: { level: env.LOG_LEVEL, format: env.LOG_FORMAT as 'json' | 'console' },
    providers,
    upstream: {
      origin: providers.standard.origin,
      prefix: providers.standard.prefix,
      allowedPrivateOrigins: [...splitList(env.ALLOWED_PRIVATE_ORIGINS), ...providers.otherOrigins],
      breakerFailures: Number(env.UPSTREAM_BREAKER_FAILURES),
    },
    client: {
      stallTimeoutMs: ms(env.CLIENT_STALL_TIMEOUT),
      maxRequestBytes: parseBytes(env.MAX_REQUEST_SIZE) ?? 0,
      maxConnections: Number(env.MAX_CONNECTIONS),
    },
    token: {
      defaultLifetimeMs: ms(env.DEFAULT_TOKEN_LIFETIME),
      cutOn: { revoke: env.STREAM_CUT_ON !== 'never', expiry: env.STREAM_CUT_ON === 'revoke,expiry' },
      staleGraceMs: ms(env.AUTH_STALE_GRACE),
    },
    limits: {
      globalPerMinute: Number(env.GLOBAL_RATE_LIMIT),
      addressPerMinute: Number(env.IP_RATE_LIMIT),
      everyToken:
        env.DISTRIBUTED_RATE_LIMIT_ENABLED === 'true'
          ? { max: Number(env.DISTRIBUTED_RATE_LIMIT_MAX), windowMs: ms(env.DISTRIBUTED_RATE_LIMIT_WINDOW) }
          : undefined,
      keyPrefix: env.DISTRIBUTED_RATE_LIMIT_PREFIX,
      keySecret: env.DISTRIBUTED_RATE_LIMIT_KEY_SECRET,
      fallback: env.DISTRIBUTED_RATE_LIMIT_FALLBACK === 'true',
    },
    stop: { preStopDelayMs: ms(env.PRE_STOP_DELAY), drainTimeoutMs: ms(env.DRAIN_TIMEOUT) },
  });
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value))
    if (typeof child === 'object' && child !== null && !Buffer.isBuffer(child)) deepFreeze(child as object);
  return Object.freeze(value);
}
