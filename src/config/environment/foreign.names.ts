import { VARIABLES } from './environment.js';
import type { Variables } from '../values/variables.js';

const LISTEN = 'set LISTEN_ADDR to host:port';
const DATABASE = 'set DATABASE_URL';
const REDIS = 'set REDIS_URL';
const KEY = 'the upstream key belongs to a project, which the management API creates';
const CLIENT = 'it belongs to the clients; the server forwards what they send';
const BASE = 'the upstream of the server is OPENAI_API_URL, without /v1 at its end';
const TLS = 'put a TLS proxy in front of the server';
const CORS = 'set allowed_origins of a provider in the file of API_CONFIG_PATH';
const TIMEOUTS = 'set UPSTREAM_HEADERS_TIMEOUT, UPSTREAM_IDLE_TIMEOUT or STREAM_MAX_DURATION';
const FILE_SINK = 'set DISPATCHER_SERVICES=file and SINK_FILE_PATH';
const TOKEN = 'set MANAGEMENT_TOKEN';

/** Names by which platforms, libraries and the Go system call what has another name, or another place, here. */
const ANSWERS: Record<string, string> = {
  HOST: LISTEN,
  HTTP_PORT: LISTEN,
  SERVER_PORT: LISTEN,
  LISTEN_PORT: LISTEN,
  LISTEN_ADDRESS: LISTEN,
  BIND_ADDR: LISTEN,
  BIND_ADDRESS: LISTEN,
  OPENAI_API_KEY: KEY,
  OPENAI_KEY: KEY,
  ANTHROPIC_API_KEY: KEY,
  AZURE_OPENAI_API_KEY: KEY,
  OPENAI_BASE_URL: BASE,
  OPENAI_API_BASE: BASE,
  OPENAI_API_HOST: BASE,
  AZURE_OPENAI_ENDPOINT: BASE,
  OPENAI_ORGANIZATION: CLIENT,
  OPENAI_ORG_ID: CLIENT,
  OPENAI_PROJECT: CLIENT,
  OPENAI_PROJECT_ID: CLIENT,
  DATABASE_DRIVER: 'set DB_DRIVER',
  DB_URL: DATABASE,
  DATABASE_PRIVATE_URL: DATABASE,
  POSTGRES_URL: DATABASE,
  MYSQL_URL: DATABASE,
  JAWSDB_URL: DATABASE,
  CLEARDB_DATABASE_URL: DATABASE,
  PGHOST: DATABASE,
  DB_PATH: 'set DATABASE_PATH',
  REDIS_TLS_URL: REDIS,
  REDISCLOUD_URL: REDIS,
  REDIS_HOST: REDIS,
  REDIS_PORT: REDIS,
  REDIS_ADDR: REDIS,
  REDIS_DB: REDIS,
  REDIS_PASSWORD: REDIS,
  WEB_CONCURRENCY: 'set WORKERS',
  ADMIN_TOKEN: TOKEN,
  MASTER_KEY: TOKEN,
  API_ENV: 'set NODE_ENV',
  LOGLEVEL: 'set LOG_LEVEL',
  REQUEST_TIMEOUT: TIMEOUTS,
  MAX_CONCURRENT_REQUESTS: 'set MAX_CONNECTIONS',
  DEFAULT_TOKEN_REQUEST_LIMIT: 'set max_requests of each token',
  LOG_MAX_SIZE_MB: 'set LOG_MAX_SIZE, such as 100MB',
  LOG_MAX_BACKUPS: 'set LOG_MAX_FILES, which includes the current file',
  ENABLE_TLS: TLS,
  TLS_CERT_FILE: TLS,
  TLS_KEY_FILE: TLS,
  TLS_MIN_VERSION: TLS,
  CORS_ALLOWED_ORIGINS: CORS,
  CORS_ALLOWED_METHODS: CORS,
  CORS_ALLOWED_HEADERS: CORS,
  CORS_MAX_AGE: CORS,
  REDIS_STREAM_MAX_LEN: 'the stream is trimmed to what every group has acknowledged, never by its length',
  REDIS_STREAM_BLOCK_TIME: 'reads of the stream do not block',
  LLM_PROXY_ENDPOINT: 'set DISPATCHER_ENDPOINT, or the variables of the sink',
  FILE_EVENT_LOG: FILE_SINK,
  DISPATCHER_FILE: FILE_SINK,
  EVENTDISPATCHER_FILE: FILE_SINK,
  AUDIT_CREATE_DIR: 'the folder of AUDIT_LOG_FILE is made when it is missing',
  AUDIT_STORE_IN_DB: 'the audit log always is in the database; AUDIT_ENABLED=false switches it off',
  ADMIN_UI_PATH: 'the web interface is at /admin/, below whatever path the server is served at',
  ADMIN_UI_LISTEN_ADDR: 'the web interface is served by this server, at LISTEN_ADDR',
  ADMIN_UI_API_BASE_URL: 'the web interface calls the server that serves it',
  ADMIN_UI_TEMPLATE_DIR: 'the web interface has no templates',
  MANAGEMENT_API_BASE_URL: 'the command line has --manage-api-base-url',
};

/** Other names of the Go system. They are named in one line, because some are common names of other programs. */
const GO_NAMES = `
ENABLE_STREAMING ADMIN_USER ADMIN_PASSWORD TOKEN_CLEANUP_INTERVAL
LLM_PROXY_ENFORCE_PROJECT_ACTIVE LLM_PROXY_ACTIVE_CACHE_TTL LLM_PROXY_ACTIVE_CACHE_MAX LLM_PROXY_API_KEY_CACHE_TTL
LLM_PROXY_API_KEY_CACHE_MAX LLM_PROXY_DISPATCHER_VERBOSE CACHE_STATS_BUFFER_SIZE USAGE_STATS_BUFFER_SIZE HTTP_CACHE_ENABLED HTTP_CACHE_BACKEND
HTTP_CACHE_STREAM_RESPONSES HTTP_CACHE_MAX_OBJECT_BYTES HTTP_CACHE_DEFAULT_TTL REDIS_CACHE_URL REDIS_CACHE_KEY_PREFIX
REDIS_CACHE_POOL_SIZE REDIS_CACHE_TIMEOUT REDIS_SCAN_COUNT LOG_BINARY_RESPONSES LOGGING_URL
EVENTDISPATCHER_BUFFER DISPATCHER_BUFFER DISPATCHER_DETACH DISPATCHER_VERBOSE PROXY_URL PROXY_TOKEN MODEL TEMPERATURE MAX_TOKENS SYSTEM_PROMPT VERBOSE USE_STREAMING CONFIG ENV
DAEMON DEBUG PID_FILE INTERACTIVE PROJECT DURATION SKIP_PROJECT MASK_API_KEYS VALIDATE_API_KEY_FORMAT WORKER_POOL_SIZE
`
  .trim()
  .split(/\s+/);

/** Kubernetes sets such values for each service that it knows. */
const SERVICE_LINK = /^tcp:\/\//;

/** Lines for names that are not read here, with what to do instead. Values are never shown. */
export function foreignNames(variables: Variables): string[] {
  const isGiven = (name: string): boolean => variables[name] !== undefined && !SERVICE_LINK.test(variables[name]);
  const answered = Object.keys(ANSWERS).filter(isGiven);
  const others = GO_NAMES.filter(isGiven);
  return [
    ...answered.map((name) => `${name} is not read: ${ANSWERS[name]}`),
    ...(others.length > 0 ? [`${others.join(', ')}: not read here, although the Go system has such a name`] : []),
    ...unusedPort(variables),
    ...plainFiles(variables),
  ];
}

/** `PORT` that is left has lost against LISTEN_ADDR. */
const unusedPort = ({ PORT: port, LISTEN_ADDR: address = '' }: Variables): string[] =>
  port === undefined || address.endsWith(`:${port}`) ? [] : ['PORT is not used: LISTEN_ADDR is set'];

const plainFiles = (variables: Variables): string[] =>
  VARIABLES.map((name) => `${name}_FILE`)
    .filter((name) => variables[name] !== undefined)
    .map((name) => `${name} is not read: only secrets are read from a file`);
