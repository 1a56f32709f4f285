import { readFileSync } from 'node:fs';
import { isDecodable } from '../common/values/escapes.js';
import { parseBytes } from '../common/values/bytes.js';
import { parseDuration } from '../common/values/duration.js';
import { networkProblem } from '../common/values/networks.js';
import { upstreamBaseProblem } from '../common/values/upstream.base.js';
import { rule } from './fault.rule.js';

/** A rule for the text of a variable. */
const check = (name: string, fault: (text: string) => string | undefined) =>
  rule(name, (value) => (typeof value === 'string' ? fault(value) : 'must be text'));

const DAY_MS = 86_400_000;
/** A timer of Node that is set to 2³¹ ms or more goes off at once. */
const MAX_TIMER_MS = 24 * DAY_MS;

export const IsDuration = check('isDuration', (value) => {
  const ms = parseDuration(value);
  if (ms === undefined) return 'is no duration: write 500ms, 30s, 60m or 12h';
  return ms > MAX_TIMER_MS ? 'must be at most 24d' : undefined;
});

export const IsPositiveDuration = check('isPositiveDuration', (value) => {
  const ms = parseDuration(value);
  if (ms === undefined || ms <= 0) return 'is no duration above zero: write 500ms, 30s, 60m or 12h';
  return ms > MAX_TIMER_MS ? 'must be at most 24d' : undefined;
});

const MAX_STATEMENT_MS = 600_000;

/** A request waits that long for the store. */
export const IsStatementTimeout = check('isStatementTimeout', (value) => {
  const ms = parseDuration(value);
  if (ms === undefined || ms <= 0) return 'is no duration above zero: write 900ms or 5s';
  return ms > MAX_STATEMENT_MS ? 'must be at most 10m' : undefined;
});

/** The bounds of `duration_minutes`. */
export const IsLifetime = check('isLifetime', (value) => {
  const ms = parseDuration(value);
  if (ms === undefined) return 'is no duration: write 60m, 12h or 30d';
  return ms < 60_000 || ms > 365 * DAY_MS ? 'must be from 1m to 365d' : undefined;
});

export const IsSize = check('isSize', (value) =>
  parseBytes(value) === undefined ? 'is no size: write a number of bytes, 64KB, 10MB or 1GB (0 = no limit)' : undefined,
);

/** `:8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`. */
export const LISTEN_ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]*)):(\d{1,5})$/;

export const IsListenAddress = check('isListenAddress', (value) => {
  const port = LISTEN_ADDRESS.exec(value)?.[3];
  return port === undefined || Number(port) > 65_535 ? 'is no address: write host:port, :port or [v6]:port' : undefined;
});

export const IsEncryptionKey = check('isEncryptionKey', (value) => {
  const key = Buffer.from(value, 'base64');
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(value) && key.toString('base64') === value;
  if (!isBase64 || key.length !== 32) return 'must be 32 random bytes in base64, as `openssl rand -base64 32` prints';
  return new Set(key).size < 8 ? 'is not random: make one with `openssl rand -base64 32`' : undefined;
});

const DATABASE_SCHEMES = new Set(['postgres:', 'postgresql:', 'mysql:', 'mariadb:']);

export const IsDatabaseUrl = check('isDatabaseUrl', (value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !DATABASE_SCHEMES.has(url.protocol) || url.pathname.length < 2)
    return 'is no URL of a database: write postgres://user:password@host:5432/name or mysql://user:password@host:3306/name';
  if (![url.username, url.password, url.pathname].every(isDecodable))
    return 'has a % that begins no escape: write %25 for it';
  if (url.protocol.startsWith('m') && !isJsonObject(url.searchParams.get('ssl') ?? '{}'))
    return 'has an ssl that is no JSON object: write ?ssl=%7B%22verifyIdentity%22%3Atrue%7D';
  return undefined;
});

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/** Files that the URL of a PostgreSQL names, as libpq calls them. */
const FILE_PARAMETERS = ['sslrootcert', 'sslcert', 'sslkey'];

/** What is wrong with the files that a URL of PostgreSQL names, one line each. */
export const databaseFileFaults = (url: string): string[] =>
  FILE_PARAMETERS.flatMap((name) => {
    const path = new URL(url).searchParams.get(name);
    if (!path) return [];
    try {
      readFileSync(path);
      return [];
    } catch (error) {
      return [
        `DATABASE_URL the file in ${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      ];
    }
  });

export const IsRedisUrl = check('isRedisUrl', (value) =>
  URL.canParse(value) && isRedis(new URL(value))
    ? undefined
    : 'is no URL of a Redis: write redis://user:password@host:6379/0, or rediss:// for TLS',
);

/** What the client takes, too: a database by its number, and credentials it can decode. */
const isRedis = ({ protocol, hostname, pathname, username, password }: URL): boolean =>
  /^rediss?:$/.test(protocol) &&
  hostname !== '' &&
  /^(?:\/\d{0,5})?$/.test(pathname) &&
  isDecodable(username) &&
  isDecodable(password);

export const IsUpstreamBase = check('isUpstreamBase', upstreamBaseProblem);

export const IsOriginList = check('isOriginList', (value) =>
  splitList(value).every((entry) => URL.canParse(entry) && new URL(entry).origin === entry && /^https?:/.test(entry))
    ? undefined
    : 'must be a comma-separated list of origins such as http://127.0.0.1:11434',
);

export const IsNetworkList = check('isNetworkList', (value) =>
  splitList(value).every((entry) => networkProblem(entry) === undefined)
    ? undefined
    : 'must be a comma-separated list of addresses or ranges such as 10.0.0.0/8',
);

export const IsFilePath = check('isFilePath', (value) =>
  /^file:|^:|\0/.test(value) || value.trim() === '' ? 'is no file path' : undefined,
);

/** The entries of a comma-separated list, trimmed; none for an absent or empty one. */
export const splitList = (value: string | undefined): string[] =>
  (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
