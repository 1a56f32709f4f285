import { readFileSync } from 'node:fs';
import type { Client, ClientConfig } from 'pg';
import { parsePostgresUrl, type PostgresUrl } from '../../config/values/postgres.url.js';
import { codeOf } from '../dialect/driver.code.js';
import type { Whereabouts } from '../dialect/fault.words.js';

type Tls = Exclude<ClientConfig['ssl'], undefined>;

/** One way to the database: an address, with TLS or without. */
interface Way {
  readonly host: string;
  readonly port: number;
  readonly tls: 'none' | 'unverified' | 'chain' | 'full';
}

/** https://www.postgresql.org/docs/current/libpq-ssl.html, “Protection Provided in Different Modes”. */
const TLS_OF: Record<PostgresUrl['sslMode'], Way['tls'][]> = {
  disable: ['none'],
  allow: ['none', 'unverified'],
  prefer: ['unverified', 'none'],
  require: ['unverified'],
  'no-verify': ['unverified'],
  'verify-ca': ['chain'],
  'verify-full': ['full'],
};

/** What another way cannot mend: a password, a database that is not there. */
const FINAL = new Set(['28P01', '3D000']);

/**
 * The ways to the database, tried one after another. The one that worked last is tried first, so that a primary that moved
 * is found once.
 */
export class PostgresRoute {
  private static readonly known = new Map<string, PostgresRoute>();

  /** All connections of a process share what one of them has found out. */
  static of(url: string): PostgresRoute {
    const route = PostgresRoute.known.get(url) ?? new PostgresRoute(url);
    PostgresRoute.known.set(url, route);
    return route;
  }

  private readonly url: PostgresUrl;
  private readonly ways: readonly Way[];
  private current = 0;
  /** A database on several hosts is written to on the one that accepts writes. */
  readonly mustWrite: boolean;
  /** Undefined when the URL sets none. */
  readonly connectMs: number | undefined;

  private constructor(text: string) {
    this.url = parsePostgresUrl(text);
    const { addresses, parameters } = this.url;
    this.ways = addresses.flatMap(({ host, port }) => this.modesOf(host).map((tls) => ({ host, port, tls })));
    this.mustWrite =
      addresses.length > 1 || /^(?:read-write|primary)$/.test(parameters.get('target_session_attrs') ?? '');
    this.connectMs = Number(parameters.get('connect_timeout') ?? 0) * 1000 || undefined;
  }

  get length(): number {
    return this.ways.length;
  }

  get way(): Way {
    return this.ways[this.current]!;
  }

  where({ host, port }: Way): Whereabouts {
    const { user = 'the user', database = '' } = this.url;
    return { host, port, user, database };
  }

  /** True when another way may work. */
  failed(way: Way, error: unknown): boolean {
    if (this.ways[this.current] === way) this.current = (this.current + 1) % this.ways.length;
    return !FINAL.has(codeOf(error) ?? '');
  }

  /** False when a server has no TLS and may be reached without it: the time was over before that was tried. */
  isFault(error: unknown): boolean {
    return codeOf(error) !== 'NO_TLS' || this.ways.every(({ tls }) => tls !== 'none');
  }

  /** Options of a client on this way. Reads the files of the URL, which may have been replaced. */
  options({ host, port, tls }: Way): ClientConfig {
    const { user, password, database, parameters } = this.url;
    const name = parameters.get('application_name') ?? parameters.get('fallback_application_name');
    const options = parameters.get('options');
    return {
      host,
      port,
      ...(user !== undefined && { user }),
      ...(password !== undefined && { password }),
      ...(database !== undefined && { database }),
      ...(name !== undefined && { application_name: name }),
      ...(options !== undefined && { options }),
      ...(/^(?:prefer|require)$/.test(parameters.get('channel_binding') ?? '') && { enableChannelBinding: true }),
      ssl: tls === 'none' ? false : this.tlsOptions(tls),
    };
  }

  /** A Unix socket has no TLS. */
  private modesOf(host: string): readonly Way['tls'][] {
    if (host.startsWith('/')) return ['none'];
    const { sslMode, parameters } = this.url;
    return sslMode === 'require' && parameters.get('sslrootcert') ? ['chain'] : TLS_OF[sslMode];
  }

  private tlsOptions(tls: Way['tls']): Tls {
    const { parameters } = this.url;
    const file = (name: string) => (parameters.get(name) ? readFileSync(parameters.get(name)!, 'utf8') : undefined);
    const [cert, key] = [file('sslcert'), file('sslkey')];
    const ca = parameters.get('sslrootcert') === 'system' ? undefined : file('sslrootcert');
    const passphrase = parameters.get('sslpassword');
    return {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(passphrase !== undefined && { passphrase }),
      ...(tls === 'unverified' && { rejectUnauthorized: false }),
      ...(tls === 'chain' && { checkServerIdentity: () => undefined }),
    };
  }
}

/** A client that takes the current way, and remembers it. */
export type RoutedClient = Client & { readonly way: Way };

/** pg's client on the ways of a route: the pool makes its clients with it. */
export const routed = (Base: typeof Client, route: PostgresRoute): new (options?: ClientConfig) => RoutedClient =>
  class extends Base {
    readonly way: Way;

    constructor(options: ClientConfig = {}) {
      const { way } = route;
      super({ ...options, ...route.options(way) });
      this.way = way;
    }
  };
