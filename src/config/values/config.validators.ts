import { readFileSync } from 'node:fs';
import { isDecodable } from '../../common/values/escapes.js';
import { mysqlProblem, parseMysqlUrl } from './mysql.url.js';
import { parsePostgresUrl, postgresProblem } from './postgres.url.js';
import { parseBytes } from '../../common/values/bytes.js';
import { parseDuration } from '../../common/values/duration.js';
import { networkProblem } from '../../common/values/networks.js';
import { upstreamBaseProblem } from '../../common/values/upstream.base.js';
import { validator } from '../../common/rest/validator.js';
import { forwardProxyProblem } from './forward.proxy.js';

/** A validator of the text of a variable. */
const textValidator = (name: string, problem: (text: string) => string | undefined) =>
  validator(name, (value) => (typeof value === 'string' ? problem(value) : 'must be text'));

const DAY_MS = 86_400_000;
/** Node fires a timer of 2³¹ ms or more at once. */
const MAX_TIMER_MS = 24 * DAY_MS;

export const IsDuration = textValidator('isDuration', (value) => {
  const ms = parseDuration(value);
  if (ms === undefined) return 'must be a duration such as 500ms, 30s, 60m or 12h';
  return ms > MAX_TIMER_MS ? 'must be at most 24d' : undefined;
});

export const IsPositiveDuration = textValidator('isPositiveDuration', (value) => {
  const ms = parseDuration(value);
  if (ms === undefined || ms <= 0) return 'must be a duration above zero such as 500ms, 30s, 60m or 12h';
  return ms > MAX_TIMER_MS ? 'must be at most 24d' : undefined;
});

const MAX_STATEMENT_MS = 600_000;

/** The longest time that a request waits for a statement of the database. */
export const IsStatementTimeout = textValidator('isStatementTimeout', (value) => {
  const ms = parseDuration(value);
  if (ms === undefined || ms <= 0) return 'must be a duration above zero such as 900ms or 5s';
  return ms > MAX_STATEMENT_MS ? 'must be at most 10m' : undefined;
});

/** The bounds are those of `duration_minutes` in the management API. */
export const IsLifetime = textValidator('isLifetime', (value) => {
  const ms = parseDuration(value);
  if (ms === undefined) return 'must be a duration such as 60m, 12h or 30d';
  return ms < 60_000 || ms > 365 * DAY_MS ? 'must be from 1m to 365d' : undefined;
});

const MAX_RETENTION_MS = 3660 * DAY_MS;

/** How long something is kept: days, longer than a timer can wait. */
export const IsRetention = textValidator('isRetention', (value) => {
  const ms = parseDuration(value);
  if (ms === undefined) return 'must be a duration such as 12h, 7d or 400d';
  return ms > MAX_RETENTION_MS ? 'must be at most 3660d' : undefined;
});

/** How long something is kept; 0 = for ever. */
const daysOrForEver = (name: string, what: string) =>
  textValidator(name, (value) => {
    const ms = parseDuration(value);
    if (ms === undefined) return `must be a duration such as 30d or 400d; 0s keeps ${what}`;
    if (ms > MAX_RETENTION_MS) return 'must be at most 3660d';
    return ms !== 0 && ms < DAY_MS ? 'must be 0s or at least 1d' : undefined;
  });

export const IsTokenRetention = daysOrForEver('isTokenRetention', 'ended tokens');

export const IsAuditRetention = daysOrForEver('isAuditRetention', 'all rows');

const WARNING_POINTS =
  'must be at most 5 whole numbers from 99 to 1, the larger before the smaller, such as 20,5; off warns of none';

/** Percent left at which a warning is due. An empty variable counts as not set, so that none has a word of its own. */
export const IsWarningPoints = textValidator('isWarningPoints', (value) => {
  if (value === 'off') return undefined;
  const points = splitList(value);
  const isFalling = points.every((point, i) => i === 0 || Number(point) < Number(points[i - 1]));
  return points.length > 0 && points.length <= 5 && isFalling && points.every((point) => /^[1-9]\d?$/.test(point))
    ? undefined
    : WARNING_POINTS;
});

export const IsSize = textValidator('isSize', (value) =>
  parseBytes(value) === undefined ? 'must be a size such as 65536, 64KB, 10MB or 1GB; 0 means no limit' : undefined,
);

const MAX_CAPTURED_BYTES = 1024 * 1024;

/** A body that no database refuses, however it is written down. */
export const IsCaptureSize = textValidator('isCaptureSize', (value) =>
  /^\d+$/.test(value) && Number(value) <= MAX_CAPTURED_BYTES ? undefined : 'must be a whole number up to 1048576',
);

const MIN_HEADER_BYTES = 8 * 1024;
const MAX_HEADER_BYTES = 1024 * 1024;

/** Every connection may hold this much before its client is known. */
export const IsHeaderSize = textValidator('isHeaderSize', (value) => {
  const bytes = parseBytes(value) ?? 0;
  return bytes < MIN_HEADER_BYTES || bytes > MAX_HEADER_BYTES
    ? 'must be a size from 8KB to 1MB, such as 16KB or 65536'
    : undefined;
});

/** `:8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`. */
export const LISTEN_ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]*)):(\d{1,5})$/;

/** Undefined when the text is not a listen address. Without a host it means all addresses. */
export function parseListenAddress(text: string): { host: string; port: number } | undefined {
  const [, v6, host, port] = LISTEN_ADDRESS.exec(text) ?? [];
  return port === undefined || Number(port) > 65_535 ? undefined : { host: v6 || host || '::', port: Number(port) };
}

export const IsListenAddress = textValidator('isListenAddress', (value) =>
  parseListenAddress(value) ? undefined : 'must be host:port, :port or [IPv6 address]:port, with a port up to 65535',
);

export const IsEncryptionKey = textValidator('isEncryptionKey', (value) => {
  const key = Buffer.from(value, 'base64');
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(value) && key.toString('base64') === value;
  if (!isBase64 || key.length !== 32)
    return 'must be 32 random bytes in base64: generate them with `openssl rand -base64 32`';
  return new Set(key).size < 8 ? 'must be random: generate it with `openssl rand -base64 32`' : undefined;
});

export const IsDatabaseUrl = textValidator('isDatabaseUrl', (value) => {
  if (/^postgres(?:ql)?:\/\//i.test(value)) return postgresProblem(value);
  if (/^(?:mysql|mariadb):\/\//i.test(value)) return mysqlProblem(value);
  return 'must be the URL of a database: postgres://user:password@host:5432/name or mysql://user:password@host:3306/name; a SQLite file belongs in DATABASE_PATH';
});

/** The parameters of a PostgreSQL URL that name files (libpq, “Database Connection Control Functions”). */
const FILE_PARAMETERS = ['sslrootcert', 'sslcert', 'sslkey'];

/** One line for each file in a valid URL that cannot be read. */
export const databaseFileProblems = (url: string): string[] =>
  Object.entries(filesOf(url)).flatMap(([name, path]) => {
    if (!path || path === 'system') return [];
    try {
      readFileSync(path);
      return [];
    } catch (error) {
      return [
        `DATABASE_URL names a file in ${name} that cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      ];
    }
  });

function filesOf(url: string): Record<string, string | undefined> {
  if (/^postgres/i.test(url)) {
    const { parameters } = parsePostgresUrl(url);
    return Object.fromEntries(FILE_PARAMETERS.map((name) => [name, parameters.get(name)]));
  }
  const { ca, cert, key } = parseMysqlUrl(url).files;
  return { 'ssl-ca': ca, 'ssl-cert': cert, 'ssl-key': key };
}

export const IsRedisUrl = textValidator('isRedisUrl', (value) =>
  URL.canParse(value) && isRedis(new URL(value))
    ? undefined
    : 'must be the URL of a Redis server: redis://user:password@host:6379/0, or rediss:// for TLS',
);

/** The Redis client needs a database number as the path, and credentials that it can decode. */
const isRedis = ({ protocol, hostname, pathname, username, password }: URL): boolean =>
  /^rediss?:$/.test(protocol) &&
  hostname !== '' &&
  /^(?:\/\d{0,5})?$/.test(pathname) &&
  isDecodable(username) &&
  isDecodable(password);

export const IsUpstreamBase = textValidator('isUpstreamBase', upstreamBaseProblem);

export const IsUpstreamProxy = textValidator('isUpstreamProxy', (value) =>
  value === 'off' || value === 'env' || forwardProxyProblem(value) === undefined
    ? undefined
    : `must be off, env, or a proxy; a proxy ${forwardProxyProblem(value)}`,
);

/** The proxy of one provider. */
export const IsProviderProxy = textValidator('isProviderProxy', (value) =>
  value === 'off' || forwardProxyProblem(value) === undefined
    ? undefined
    : `must be off or a proxy; a proxy ${forwardProxyProblem(value)}`,
);

export const IsOriginList = textValidator('isOriginList', (value) =>
  splitList(value).every((entry) => URL.canParse(entry) && new URL(entry).origin === entry && /^https?:/.test(entry))
    ? undefined
    : 'must be a comma-separated list of origins such as http://127.0.0.1:11434',
);

export const IsNetworkList = textValidator('isNetworkList', (value) =>
  splitList(value).every((entry) => networkProblem(entry) === undefined)
    ? undefined
    : 'must be a comma-separated list of IP addresses and networks such as 10.0.0.0/8',
);

/** RFC 9110 §5.1; a `*` at the end makes a prefix of at least two characters. */
const DROPPED_HEADER = /^[!#$%&'+.^_`|~0-9A-Za-z-]{2,64}\*?$/;
/** A request is broken or wrongly framed without these. */
const NEEDED_HEADERS = [
  'authorization',
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
];

export const IsDroppedHeaders = textValidator('isDroppedHeaders', (value) => {
  const entries = splitList(value);
  if (!entries.every((entry) => DROPPED_HEADER.test(entry)))
    return 'must be a comma-separated list of header names such as X-Employee-Id or X-Corp-*';
  const drops = (name: string) => (entry: string) =>
    entry.endsWith('*') ? name.startsWith(entry.slice(0, -1).toLowerCase()) : name === entry.toLowerCase();
  const needed = NEEDED_HEADERS.find((name) => entries.some(drops(name)));
  return needed === undefined ? undefined : `must not contain ${needed}, which a request needs`;
});

/** A credential of the Authorization header (RFC 6750 §2.1); a comma would separate two values of the header. */
export const IsBearer = textValidator('isBearer', (value) =>
  /^[\x21-\x2b\x2d-\x7e]+$/.test(value)
    ? undefined
    : 'must be visible ASCII characters without spaces and commas, because it is sent in the Authorization header',
);

/** Paths that the server has for something else, with what is below them. */
const TAKEN_PATHS = /^\/(?:v1|manage|live|ready|health|docs|admin|favicon\.ico|robots\.txt)(?:\/|$)/i;

export const IsMetricsPath = textValidator('isMetricsPath', (value) => {
  if (!/^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(value) || value.length > 128)
    return 'must be a path such as /metrics, of at most 128 letters, digits, dots, - and _';
  return TAKEN_PATHS.test(value) ? 'must not be a path that the server has for something else' : undefined;
});

export const IsFilePath = textValidator('isFilePath', (value) =>
  /^file:|^:|\0/.test(value) || value.trim() === '' ? 'must be the path of a file' : undefined,
);

/** The trimmed entries of a comma-separated list; none for an empty list. */
export const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
