import { IsIn, IsString, Matches } from 'class-validator';
import { MayBeAbsent } from '../../common/rest/field.rules.js';
import {
  IsBearer,
  IsDatabaseUrl,
  IsDroppedHeaders,
  IsDuration,
  IsEncryptionKey,
  IsFilePath,
  IsHeaderSize,
  IsListenAddress,
  IsMetricsPath,
  IsNetworkList,
  IsOriginList,
  IsPositiveDuration,
  IsRedisUrl,
  IsSize,
  IsStatementTimeout,
  IsUpstreamBase,
  IsUpstreamProxy,
} from '../values/config.validators.js';
import { SECRET_SINK_VARIABLES, SINK_VARIABLES_WITHOUT_DEFAULT, SinkVariables } from './sink.variables.js';
import { ownCommand } from '../../common/values/own.command.js';

/** Every variable of the server as text, with its default. The docs and .env.example repeat this list. */
export class Environment extends SinkVariables {
  @IsString({
    message: () =>
      `is required: it authenticates calls of the management API; \`${ownCommand('setup')}\` generates one`,
  })
  @IsBearer()
  MANAGEMENT_TOKEN!: string;

  @IsEncryptionKey()
  ENCRYPTION_KEY?: string;

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

  @IsDatabaseUrl()
  DATABASE_URL?: string;

  @Matches(/^[1-9]\d{0,3}$/, { message: 'must be a whole number from 1 to 9999' })
  DATABASE_POOL_SIZE = '10';

  @Matches(/^\d{1,4}$/, { message: 'must be a whole number from 0 to 9999' })
  DATABASE_MAX_IDLE_CONNS = '5';

  @IsPositiveDuration()
  DATABASE_CONN_MAX_LIFETIME = '1h';

  @IsStatementTimeout()
  DATABASE_STATEMENT_TIMEOUT = '900ms';

  @IsIn(['strict', 'relaxed'], { message: 'must be strict or relaxed' })
  DATABASE_DURABILITY = 'strict';

  @IsFilePath()
  DATABASE_PATH = './data/proxy.db';

  @IsIn(['normal', 'full'], { message: 'must be normal or full' })
  SQLITE_SYNCHRONOUS = 'normal';

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

  @IsFilePath()
  LOG_FILE?: string;

  @IsSize()
  LOG_MAX_SIZE = '100MB';

  @Matches(/^[1-9]\d{0,3}$/, { message: 'must be a whole number from 1 to 9999' })
  LOG_MAX_FILES = '5';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  ENABLE_METRICS = 'true';

  @IsMetricsPath()
  METRICS_PATH = '/metrics';

  @IsBearer()
  METRICS_TOKEN?: string;

  @IsUpstreamBase()
  OPENAI_API_URL = 'https://api.openai.com';

  @IsFilePath()
  API_CONFIG_PATH?: string;

  @MayBeAbsent()
  @Matches(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
    message: 'must be the name of a provider: at most 64 characters of a-z, 0-9, - and _',
  })
  DEFAULT_API_PROVIDER?: string;

  @IsOriginList()
  ALLOWED_PRIVATE_ORIGINS = '';

  @IsDroppedHeaders()
  DROP_REQUEST_HEADERS = '';

  @IsUpstreamProxy()
  UPSTREAM_PROXY?: string;

  @IsPositiveDuration()
  UPSTREAM_CONNECT_TIMEOUT = '5s';

  @IsPositiveDuration()
  UPSTREAM_HEADERS_TIMEOUT = '600s';

  @IsPositiveDuration()
  UPSTREAM_IDLE_TIMEOUT = '300s';

  @IsPositiveDuration()
  STREAM_MAX_DURATION = '60m';

  @IsDuration()
  WEBSOCKET_IDLE_TIMEOUT = '0s';

  @IsPositiveDuration()
  CLIENT_STALL_TIMEOUT = '60s';

  @Matches(/^\d{1,7}$/, {
    message: 'must be a whole number up to 9999999; 0 means as many as the open-file limit of the process allows',
  })
  MAX_CONNECTIONS = '0';

  @Matches(/^\d{1,4}$/, { message: 'must be a whole number up to 9999; 0 switches the breaker off' })
  UPSTREAM_BREAKER_FAILURES = '5';

  @IsSize()
  MAX_REQUEST_SIZE = '0';

  @IsHeaderSize()
  MAX_HEADER_SIZE = '16KB';

  @IsPositiveDuration()
  HEADERS_TIMEOUT = '10s';

  @IsPositiveDuration()
  KEEP_ALIVE_TIMEOUT = '100s';

  @Matches(/^\d{1,9}$/, { message: 'must be a whole number up to 999999999; 0 means no limit' })
  GLOBAL_RATE_LIMIT = '0';

  @Matches(/^\d{1,9}$/, { message: 'must be a whole number up to 999999999; 0 means no limit' })
  IP_RATE_LIMIT = '0';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  DISTRIBUTED_RATE_LIMIT_ENABLED = 'false';

  @Matches(/^[\x21-\x7e]{1,64}$/, { message: 'must be 1 to 64 visible ASCII characters' })
  DISTRIBUTED_RATE_LIMIT_PREFIX = 'ratelimit:';

  DISTRIBUTED_RATE_LIMIT_KEY_SECRET?: string;

  @IsPositiveDuration()
  DISTRIBUTED_RATE_LIMIT_WINDOW = '1m';

  @Matches(/^[1-9]\d{0,8}$/, { message: 'must be a whole number from 1 to 999999999' })
  DISTRIBUTED_RATE_LIMIT_MAX = '60';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  DISTRIBUTED_RATE_LIMIT_FALLBACK = 'true';

  @IsFilePath()
  PRICES_PATH?: string;

  @IsDuration()
  PRE_STOP_DELAY = '0s';

  @IsPositiveDuration()
  DRAIN_TIMEOUT = '120s';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  CONFIG_STRICT = 'false';
}

/** Variables whose value is a secret. */
export const SECRET_VARIABLES: readonly (keyof Environment)[] = [
  'MANAGEMENT_TOKEN',
  'MANAGEMENT_TOKEN_PREVIOUS',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEY_PREVIOUS',
  'DATABASE_URL',
  'REDIS_URL',
  'DISTRIBUTED_RATE_LIMIT_KEY_SECRET',
  ...SECRET_SINK_VARIABLES,
  'METRICS_TOKEN',
  'AUDIT_SIGNING_KEY',
];

/** Variables that may be read from the file that `<name>_FILE` names. */
export const FILE_VARIABLES: readonly (keyof Environment)[] = [...SECRET_VARIABLES, 'AUDIT_PREVIOUS_KEYS'];

/** Variables without a default. */
const WITHOUT_DEFAULT: (keyof Environment)[] = [
  ...FILE_VARIABLES,
  'API_CONFIG_PATH',
  'LOG_FILE',
  'DEFAULT_API_PROVIDER',
  'UPSTREAM_PROXY',
  ...SINK_VARIABLES_WITHOUT_DEFAULT,
  'PRICES_PATH',
  'AUDIT_LOG_FILE',
];

/** The compiler of the test runner defines fields without a value as own properties and tsc does not. The set removes these duplicates. */
export const VARIABLES = [...new Set([...WITHOUT_DEFAULT, ...Object.keys(new Environment())])] as (keyof Environment)[];
