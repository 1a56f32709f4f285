import { IsIn, IsNotEmpty, IsString, Matches, ValidateIf } from 'class-validator';
import {
  IsDatabaseUrl,
  IsDuration,
  IsEncryptionKey,
  IsFilePath,
  IsLifetime,
  IsListenAddress,
  IsNetworkList,
  IsOriginList,
  IsPositiveDuration,
  IsRedisUrl,
  IsSize,
  IsStatementTimeout,
  IsUpstreamBase,
} from './config.validators.js';

/** Every variable the server reads, as text, with its default. The names are the contract; docs and .env.example follow. */
export class Environment {
  @IsString({ message: 'is required: the operator’s credential for /manage; `llm-proxy setup` makes one' })
  @IsNotEmpty({ message: 'must not be empty' })
  @Matches(/^(?:[\x21-\x2b\x2d-\x7e]+|)$/, {
    message: 'must be visible ASCII without spaces and commas, to fit in an Authorization header',
  })
  MANAGEMENT_TOKEN!: string;

  @ValidateIf((env: Environment) => env.ENCRYPTION_KEY !== undefined)
  @IsEncryptionKey()
  ENCRYPTION_KEY?: string;

  @ValidateIf((env: Environment) => env.ENCRYPTION_KEY_PREVIOUS !== undefined)
  @IsEncryptionKey()
  ENCRYPTION_KEY_PREVIOUS?: string;

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  REQUIRE_ENCRYPTION_KEY = 'false';

  @IsIn(['development', 'production', 'test'], { message: 'must be development, production or test' })
  NODE_ENV = 'development';

  @IsListenAddress()
  LISTEN_ADDR = ':8080';

  @IsNetworkList()
  TRUSTED_PROXIES = '';

  @Matches(/^[1-9]\d{0,2}$/, { message: 'must be a whole number from 1 to 999' })
  WORKERS = '1';

  @IsIn(['sqlite', 'postgres', 'mysql'], { message: 'must be sqlite, postgres or mysql' })
  DB_DRIVER = 'sqlite';

  @ValidateIf((env: Environment) => env.DATABASE_URL !== undefined)
  @IsDatabaseUrl()
  DATABASE_URL?: string;

  @Matches(/^[1-9]\d{0,3}$/, { message: 'must be a whole number from 1 to 9999' })
  DATABASE_POOL_SIZE = '10';

  @Matches(/^\d{1,4}$/, { message: 'must be a whole number' })
  DATABASE_MAX_IDLE_CONNS = '5';

  @IsPositiveDuration()
  DATABASE_CONN_MAX_LIFETIME = '1h';

  @IsStatementTimeout()
  DATABASE_STATEMENT_TIMEOUT = '900ms';

  @IsFilePath()
  DATABASE_PATH = './data/proxy.db';

  @IsIn(['normal', 'full'], { message: 'must be normal or full' })
  SQLITE_SYNCHRONOUS = 'normal';

  @ValidateIf((env: Environment) => env.REDIS_URL !== undefined)
  @IsRedisUrl()
  REDIS_URL?: string;

  @IsPositiveDuration()
  REDIS_COMMAND_TIMEOUT = '250ms';

  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    message: 'must be trace, debug, info, warn, error or silent',
  })
  LOG_LEVEL = 'info';

  @IsIn(['json', 'console'], { message: 'must be json or console' })
  LOG_FORMAT = 'json';

  @IsUpstreamBase()
  OPENAI_API_URL = 'https://api.openai.com';

  @ValidateIf((env: Environment) => env.API_CONFIG_PATH !== undefined)
  @IsFilePath()
  API_CONFIG_PATH?: string;

  @ValidateIf((env: Environment) => env.DEFAULT_API_PROVIDER !== undefined)
  @Matches(/^[a-z0-9][a-z0-9_-]{0,63}$/, { message: 'must be the name of a provider' })
  DEFAULT_API_PROVIDER?: string;

  @IsOriginList()
  ALLOWED_PRIVATE_ORIGINS = '';

  @IsPositiveDuration()
  UPSTREAM_CONNECT_TIMEOUT = '5s';

  @IsPositiveDuration()
  UPSTREAM_HEADERS_TIMEOUT = '600s';

  @IsPositiveDuration()
  UPSTREAM_IDLE_TIMEOUT = '300s';

  @IsPositiveDuration()
  STREAM_MAX_DURATION = '60m';

  @IsPositiveDuration()
  CLIENT_STALL_TIMEOUT = '60s';

  @Matches(/^\d{1,7}$/, { message: 'must be a whole number; 0 means as many as the process may have' })
  MAX_CONNECTIONS = '0';

  @Matches(/^\d{1,4}$/, { message: 'must be a whole number; 0 switches the breaker off' })
  UPSTREAM_BREAKER_FAILURES = '5';

  @IsSize()
  MAX_REQUEST_SIZE = '0';

  @IsLifetime()
  DEFAULT_TOKEN_LIFETIME = '30d';

  @IsIn(['revoke', 'revoke,expiry', 'never'], { message: 'must be revoke, or revoke,expiry, or never' })
  STREAM_CUT_ON = 'revoke';

  @IsDuration()
  AUTH_STALE_GRACE = '60s';

  @Matches(/^\d{1,9}$/, { message: 'must be a whole number; 0 means no limit' })
  GLOBAL_RATE_LIMIT = '0';

  @Matches(/^\d{1,9}$/, { message: 'must be a whole number; 0 means no limit' })
  IP_RATE_LIMIT = '0';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  DISTRIBUTED_RATE_LIMIT_ENABLED = 'false';

  @Matches(/^[\x21-\x7e]{1,64}$/, { message: 'must be 1 to 64 visible ASCII characters' })
  DISTRIBUTED_RATE_LIMIT_PREFIX = 'ratelimit:';

  @ValidateIf((env: Environment) => env.DISTRIBUTED_RATE_LIMIT_KEY_SECRET !== undefined)
  @IsNotEmpty({ message: 'must not be empty' })
  DISTRIBUTED_RATE_LIMIT_KEY_SECRET?: string;

  @IsPositiveDuration()
  DISTRIBUTED_RATE_LIMIT_WINDOW = '1m';

  @Matches(/^[1-9]\d{0,8}$/, { message: 'must be a whole number from 1' })
  DISTRIBUTED_RATE_LIMIT_MAX = '60';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  DISTRIBUTED_RATE_LIMIT_FALLBACK = 'true';

  @IsDuration()
  PRE_STOP_DELAY = '0s';

  @IsPositiveDuration()
  DRAIN_TIMEOUT = '120s';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  CONFIG_STRICT = 'false';
}

/** Variables whose value is a secret: an empty one is refused rather than taken as absent. */
export const SECRET_VARIABLES: readonly (keyof Environment)[] = [
  'MANAGEMENT_TOKEN',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEY_PREVIOUS',
  'DATABASE_URL',
  'REDIS_URL',
  'DISTRIBUTED_RATE_LIMIT_KEY_SECRET',
];

/** Those without a default. */
const BARE: (keyof Environment)[] = [...SECRET_VARIABLES, 'API_CONFIG_PATH', 'DEFAULT_API_PROVIDER'];

/** A field without a value is no property of its own under tsc, but may be one in the test runner: hence the set. */
export const VARIABLES = [...new Set([...BARE, ...Object.keys(new Environment())])] as (keyof Environment)[];
