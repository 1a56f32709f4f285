import { escapeProblem } from '../../common/values/escapes.js';

/** libpq's modes (PostgreSQL, “SSL Support”), and `no-verify` of the driver, which is `require` without sslrootcert. */
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** The parts of a PostgreSQL connection URL, as libpq reads them. */
export interface PostgresUrl {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** A host that begins with `/` is the folder of a Unix socket. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  readonly sslMode: SslMode;
  readonly parameters: ReadonlyMap<string, string>;
}

const DEFAULT_PORT = 5432;
const FORM = /^postgres(?:ql)?:\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/is;
const ADDRESS = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/;

export const ESCAPES =
  'cannot be read: in a user name or password write %2F for /, %3F for ?, %23 for #, %40 for @, %3A for : and %25 for %';

/** What libpq understands and this program does not, with what to write instead. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  service: 'write host, port, user and database into the URL',
  servicefile: 'write host, port, user and database into the URL',
  passfile: 'write the password into the URL',
  hostaddr: 'write the address as the host',
  sslcrl: 'remove it',
  sslcrldir: 'remove it',
  requirepeer: 'remove it',
  require_auth: 'remove it',
};

const READS_ONLY = new Set(['read-only', 'standby', 'prefer-standby']);

/** What is wrong with a URL; undefined when nothing is. Never contains a part of the URL but names of parameters. */
export function postgresProblem(text: string): string | undefined {
  const [, authority = '', path = '', query = ''] = FORM.exec(text) ?? [];
  const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',');
  const escapes = escapeProblem(authority, path, query);
  if (escapes) return escapes;
  if (hosts.some((host) => !ADDRESS.test(host)) || (path.includes('@') && !authority.includes('@'))) return ESCAPES;
  return parametersProblem(parsePostgresUrl(text));
}

function parametersProblem({ database, addresses, parameters, sslMode }: PostgresUrl): string | undefined {
  for (const [name, remedy] of Object.entries(UNSUPPORTED))
    if (parameters.has(name)) return `has the parameter ${name}, which is not supported: ${remedy}`;
  if (!database) return 'must be the URL of a database: postgres://user:password@host:5432/name';
  if (addresses.some(({ port }) => !(port >= 1 && port <= 65_535))) return 'has a port that is not 1 to 65535';
  const target = parameters.get('target_session_attrs') ?? 'any';
  if (READS_ONLY.has(target))
    return `has target_session_attrs=${target}: the database must accept writes; use read-write`;
  if (!/^(?:any|read-write|primary)$/.test(target))
    return 'must have any, read-write or primary in target_session_attrs';
  if (!/^\d*$/.test(parameters.get('connect_timeout') ?? '')) return 'must have whole seconds in connect_timeout';
  return sslProblem(sslMode, parameters.get('sslrootcert'));
}

function sslProblem(mode: SslMode, rootCert: string | undefined): string | undefined {
  if (!SSL_MODES.includes(mode)) return `must have one of ${SSL_MODES.join(', ')} in sslmode`;
  if (rootCert === 'system' && mode !== 'verify-full') return 'must have sslmode=verify-full with sslrootcert=system';
  if (mode === 'verify-ca' && !rootCert)
    return 'needs sslrootcert with sslmode=verify-ca: any public authority would do otherwise; or use verify-full';
  return undefined;
}

/** The parts of a URL that has no problem. */
export function parsePostgresUrl(text: string): PostgresUrl {
  const [, authority = '', path = '', query = ''] = FORM.exec(text) ?? [];
  const parameters = parametersOf(query);
  const at = authority.lastIndexOf('@');
  const [, user = '', password] = /^([^:]*)(?::(.*))?$/s.exec(authority.slice(0, Math.max(at, 0))) ?? [];
  return {
    user: parameters.get('user') ?? (decodeURIComponent(user) || undefined),
    password: parameters.get('password') ?? (password === undefined ? undefined : decodeURIComponent(password)),
    database: parameters.get('dbname') ?? (decodeURIComponent(path) || undefined),
    addresses: addressesOf(authority.slice(at + 1), parameters),
    sslMode: (parameters.get('sslmode') ?? 'prefer') as SslMode,
    parameters,
  };
}

/** `?host=` and `?port=` take precedence, as in libpq; both may be lists. */
function addressesOf(authority: string, parameters: ReadonlyMap<string, string>): PostgresUrl['addresses'] {
  const written = authority.split(',').map((one) => ADDRESS.exec(one) ?? []);
  const hosts =
    parameters.get('host')?.split(',') ?? written.map(([, v6, host]) => decodeURIComponent(v6 ?? host ?? ''));
  const ports = parameters.get('port')?.split(',') ?? written.map(([, , , port]) => port ?? '');
  return hosts.map((host, index) => ({
    host: host || 'localhost',
    port: Number((ports.length === 1 ? ports[0] : ports[index]) || DEFAULT_PORT),
  }));
}

/** `+` is a space, as forms write it, except in secrets. */
function parametersOf(query: string): ReadonlyMap<string, string> {
  const pairs = query.split('&').flatMap((pair): [string, string][] => {
    const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (!name) return [];
    const isSecret = name === 'user' || name === 'password';
    return [[decodeURIComponent(name), decodeURIComponent(isSecret ? value : value.replaceAll('+', ' '))]];
  });
  return new Map(pairs);
}
