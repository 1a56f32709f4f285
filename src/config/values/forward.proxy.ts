import { BlockList, isIP } from 'node:net';
import { escapeProblem } from '../../common/values/escapes.js';

/** A proxy that opens tunnels with CONNECT (RFC 9110 §9.3.6). */
export interface ForwardProxy {
  readonly host: string;
  readonly port: number;
  /** The connection to the proxy itself uses TLS. */
  readonly isTls: boolean;
  /** The value of Proxy-Authorization. A secret. */
  readonly authorization: string | undefined;
}

/** Returns the proxy for an origin; undefined for a direct connection. */
export type ProxyChoice = (origin: string) => ForwardProxy | undefined;

export const DIRECT: ProxyChoice = () => undefined;

/** curl and Go take `host:port` for `http://host:port`. */
export const withScheme = (text: string): string => (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);

export function forwardProxyProblem(text: string): string | undefined {
  const problem = 'must be the URL of an HTTP proxy, such as http://user:password@proxy.example.com:3128';
  const url = URL.parse(withScheme(text));
  if (!url || !/^https?:$/.test(url.protocol)) return problem;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return `${problem}, without a path`;
  return escapeProblem(url.username, url.password);
}

/** `text` has no problem. */
export function parseForwardProxy(text: string): ForwardProxy {
  const { protocol, hostname, port, username, password } = new URL(withScheme(text));
  const isTls = protocol === 'https:';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isTls ? 443 : 80),
    isTls,
    authorization: credentials === ':' ? undefined : `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`,
  };
}

/** One entry of NO_PROXY. */
type Exception = (host: string, port: number) => boolean;

/**
 * Compiles NO_PROXY as curl and Go read it: `*`, a domain with its subdomains, an address, a network, each with or without
 * a port. An entry that is none of these matches nothing.
 */
export function compileNoProxy(list: string): (host: string, port: number) => boolean {
  const exceptions = list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => compileException(entry.toLowerCase()));
  return (host, port) => exceptions.some((isMet) => isMet(host, port));
}

function compileException(entry: string): Exception {
  if (entry === '*') return () => true;
  const [, net = '', bits] = /^([0-9a-f:.]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (bits !== undefined) return inNetwork(net, Number(bits));
  const [, name = '', port] = isIP(entry) ? ['', entry] : (/^\[?(.+?)\]?(?::(\d{1,5}))?$/.exec(entry) ?? []);
  const wanted = name.replace(/^\*?\./, '').replace(/\.$/, '');
  if (wanted === '') return () => false;
  return (host, at) =>
    (port === undefined || Number(port) === at) && (host === wanted || (!isIP(host) && host.endsWith(`.${wanted}`)));
}

function inNetwork(net: string, bits: number): Exception {
  const family = isIP(net);
  if (family === 0 || bits > (family === 4 ? 32 : 128)) return () => false;
  const list = new BlockList();
  list.addSubnet(net, bits, family === 4 ? 'ipv4' : 'ipv6');
  return (host) => isIP(host) === family && list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
