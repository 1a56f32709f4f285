import { IsIn, IsNotEmpty, IsString, Matches, ValidateIf } from 'class-validator';
import {
  IsDuration,
  IsEncryptionKey,
  IsFilePath,
  IsLifetime,
  IsListenAddress,
  IsNetworkList,
  IsOriginList,
  IsPositiveDuration,
  IsSize,
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

  @IsIn(['development', 'production', 'test'], { message: 'must be development, production or test' })
  NODE_ENV = 'development';

  @IsListenAddress()
  LISTEN_ADDR = ':8080';

  @IsNetworkList()
  TRUSTED_PROXIES = '';

  @IsIn(['sqlite'], { message: 'must be sqlite' })
  DB_DRIVER = 'sqlite';

  @IsFilePath()
  DATABASE_PATH = './data/proxy.db';

  @IsIn(['normal', 'full'], { message: 'must be normal or full' })
  SQLITE_SYNCHRONOUS = 'normal';

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
  PRE_STOP_DELAY = '0s';

  @IsPositiveDuration()
  DRAIN_TIMEOUT = '120s';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  CONFIG_STRICT = 'false';
}

/** Variables whose value is a secret: an empty one is refused rather than taken as absent. */
export const SECRET_VARIABLES: readonly (keyof Environment)[] = ['MANAGEMENT_TOKEN', 'ENCRYPTION_KEY'];

/** Those without a default. */
const BARE: (keyof Environment)[] = [...SECRET_VARIABLES, 'API_CONFIG_PATH', 'DEFAULT_API_PROVIDER'];

/** A field without a value is no property of its own under tsc, but may be one in the test runner: hence the set. */
export const VARIABLES = [...new Set([...BARE, ...Object.keys(new Environment())])] as (keyof Environment)[];
