import { escapeProblem } from '../../common/values/escapes.js';
import { ESCAPES } from './postgres.url.js';

/** MySQL's modes (“Encrypted Connections”); `preferred` is TLS where the server has it. */
const SSL_MODES = ['disabled', 'preferred', 'required', 'verify_ca', 'verify_identity'] as const;
export type MysqlSslMode = (typeof SSL_MODES)[number];

/** The parts of a MySQL or MariaDB URL. */
export interface MysqlUrl {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly socketPath: string | undefined;
  readonly sslMode: MysqlSslMode;
  /** The JSON object of `ssl`, for Node's TLS; it takes precedence over `sslMode`. */
  readonly ssl: object | undefined;
  readonly files: Readonly<Record<'ca' | 'cert' | 'key', string | undefined>>;
  readonly connectMs: number | undefined;
}

/** A URL may leave the host out when it names a socket. */
const withHost = (text: string): string => text.replace(/@\//, '@localhost/').replace(/^(\w+:\/\/)\//, '$1localhost/');

/** What is wrong with a URL; undefined when nothing is. */
export function mysqlProblem(text: string): string | undefined {
  if (!URL.canParse(withHost(text))) return text.includes('@') ? ESCAPES : MYSQL_FORM;
  const url = new URL(withHost(text));
  if (url.pathname.length < 2) return MYSQL_FORM;
  if (url.pathname.includes('@') || url.hash !== '') return ESCAPES;
  const escapes = escapeProblem(url.username, url.password, url.pathname);
  if (escapes) return escapes;
  const find = finder(url);
  if (!isJsonObject(find('ssl') ?? '{}'))
    return 'must have a JSON object in its parameter ssl, such as ?ssl=%7B%22verifyIdentity%22%3Atrue%7D';
  if (!SSL_MODES.includes(parseMysqlUrl(text).sslMode))
    return `must have one of ${SSL_MODES.join(', ').toUpperCase()} in ssl-mode`;
  return undefined;
}

const MYSQL_FORM = 'must be the URL of a database: mysql://user:password@host:3306/name';

/** The parts of a URL that has no problem. Other parameters are ignored: some of mysql2 would print secrets. */
export function parseMysqlUrl(text: string): MysqlUrl {
  const url = new URL(withHost(text));
  const find = finder(url);
  const seconds = Number(find('connecttimeout') ?? 0);
  const ssl = find('ssl');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost',
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    socketPath: find('socketpath') ?? find('socket'),
    sslMode: (find('sslmode') ?? 'disabled').toLowerCase().replaceAll('-', '_') as MysqlSslMode,
    ssl: ssl === undefined ? undefined : (JSON.parse(ssl) as object),
    files: { ca: find('sslca'), cert: find('sslcert'), key: find('sslkey') },
    // mysql2 writes milliseconds, the MySQL client seconds.
    connectMs: (seconds < 100 ? seconds * 1000 : seconds) || undefined,
  };
}

/** Finds `ssl-mode`, `sslMode`, `ssl_mode` and `sslmode` as `sslmode`. */
function finder({ searchParams }: URL): (name: string) => string | undefined {
  const found = new Map([...searchParams].map(([name, value]) => [name.toLowerCase().replaceAll(/[-_]/g, ''), value]));
  return (name) => found.get(name);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
