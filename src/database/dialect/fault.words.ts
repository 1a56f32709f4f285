/** Where a connection was to lead. */
export interface Whereabouts {
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string;
  readonly database: string;
}

const NO_TLS = 'the server does not speak TLS: use sslmode=disable or sslmode=prefer, or switch TLS on in the server';
const BAD_CERTIFICATE = (why: string) => `the certificate of the server ${why}: name its authority in sslrootcert`;

type Sentence = (where: Whereabouts, at: string) => string;

/** By the code of the driver, the operating system or OpenSSL. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: (_, at) => `nothing listens at ${at}`,
  ECONNRESET: (_, at) => `${at} closed the connection`,
  EPIPE: (_, at) => `${at} closed the connection`,
  PROTOCOL_CONNECTION_LOST: (_, at) => `${at} closed the connection`,
  ETIMEDOUT: (_, at) => `${at} does not answer`,
  TIMEOUT: (_, at) => `${at} does not answer`,
  EHOSTUNREACH: (_, at) => `there is no route to ${at}`,
  ENETUNREACH: (_, at) => `there is no route to ${at}`,
  ENOTFOUND: ({ host }) => `the host ${host} is not known`,
  EAI_AGAIN: ({ host }) => `the host ${host} cannot be looked up at the moment`,
  ENOENT: (_, at) => `there is no socket ${at}`,
  EACCES: (_, at) => `the socket ${at} may not be opened by this user`,
  READ_ONLY_HOST: (_, at) => `no host accepts writes; ${at} is read-only`,
  NO_TLS: () => NO_TLS,
  HANDSHAKE_NO_SSL_SUPPORT: () =>
    'the server does not speak TLS: use ssl-mode=DISABLED or ssl-mode=PREFERRED, or switch TLS on in the server',
  DEPTH_ZERO_SELF_SIGNED_CERT: () => BAD_CERTIFICATE('is signed by itself'),
  SELF_SIGNED_CERT_IN_CHAIN: () => BAD_CERTIFICATE('is signed by an unknown authority'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () => BAD_CERTIFICATE('is signed by an unknown authority'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => BAD_CERTIFICATE('is signed by an unknown authority'),
  CERT_HAS_EXPIRED: () => 'the certificate of the server has expired: renew it',
  ERR_TLS_CERT_ALTNAME_INVALID: ({ host }) =>
    `the certificate of the server is not for ${host}: connect by a name that it has`,
  '28P01': ({ user }) => `the password of ${user} is wrong, or there is no such role`,
  '28000': ({ user, database }) =>
    `the server does not admit ${user} to ${database} from here: check the role and pg_hba.conf`,
  '3D000': ({ database }) => `there is no database ${database}: create it`,
  '3F000': ({ user }) => `there is no schema for the tables: check the search_path of ${user}`,
  '25006': (_, at) => `${at} is read-only: connect to the primary`,
  '42501': ({ user }) => `${user} lacks a privilege`,
  '53300': () => 'the server has no connection left: raise its limit or lower DATABASE_POOL_SIZE',
  '57P03': () => 'the server is starting up or shutting down',
  ER_ACCESS_DENIED_ERROR: ({ user }) =>
    `the password of ${user} is wrong, or there is no such account for this host (on MariaDB also: an anonymous account comes first)`,
  ER_DBACCESS_DENIED_ERROR: ({ user, database }) => `${user} has no privileges on the database ${database}: GRANT them`,
  ER_BAD_DB_ERROR: ({ database }) => `there is no database ${database}: create it`,
  ER_CON_COUNT_ERROR: () => 'the server has no connection left: raise its limit or lower DATABASE_POOL_SIZE',
  ER_SECURE_TRANSPORT_REQUIRED: () => 'the server requires TLS: add ssl-mode=VERIFY_IDENTITY to the URL',
  ER_OPTION_PREVENTS_STATEMENT: (_, at) => `${at} is read-only: connect to the primary`,
  ER_BINLOG_STMT_MODE_AND_ROW_ENGINE: () =>
    'binlog_format is STATEMENT: SET GLOBAL binlog_format = ROW, and the same in my.cnf',
};

const NOWHERE: Whereabouts = { host: 'the server', port: undefined, user: 'the user', database: 'of the URL' };

/** One sentence for what happened and what to do; undefined for a code without one. */
export function sentenceOf(code: string | undefined, where: Whereabouts = NOWHERE): string | undefined {
  const at = where.host.startsWith('/') || where.port === undefined ? where.host : `${where.host}:${where.port}`;
  return code === undefined ? undefined : SENTENCES[code]?.(where, at);
}
