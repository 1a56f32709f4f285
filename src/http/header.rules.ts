import { KEY_SUBPROTOCOL } from '../openai/key.subprotocol.js';
import { GATEWAY_HEADERS } from './gateway.headers.js';
import type { HeaderFamily } from './header.family.js';
import { NETWORK_HEADERS } from './network.headers.js';

/** Hop-by-hop headers: RFC 9110 §7.6.1, and what older peers send. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
];

/** Credentials other than Authorization, which could identify the client to the upstream. */
const SECOND_CREDENTIALS = [
  'cookie',
  'cookie2',
  'api-key',
  'x-api-key',
  'apikey',
  'x-apikey',
  'x-goog-api-key',
  'cf-aig-authorization',
];

/** Names with a meaning in JavaScript objects: regular clients do not send them, and they could break an upstream. */
const OBJECT_KEYS = ['__proto__', 'constructor', 'prototype', 'hasownproperty'];

/** The upstream client writes `Host` itself (RFC 9112 §3.2); the proxy meets an expectation itself (RFC 9110 §10.1.1). */
const FROM_THE_PROXY = ['host', 'expect'];

/** What networks and gateways in front add; docs/reference/headers.md has the list. */
export const FAMILIES: readonly HeaderFamily[] = [...NETWORK_HEADERS, ...GATEWAY_HEADERS];

export const NEVER_UPSTREAM = new Set([...HOP_BY_HOP, ...SECOND_CREDENTIALS, ...OBJECT_KEYS, ...FROM_THE_PROXY]);

export const NEVER_TO_THE_CLIENT = new Set([...HOP_BY_HOP, 'set-cookie', 'set-cookie2']);

/** End-to-end headers that `Connection` must not list (RFC 9110 §7.6.1). Listing one does not remove it. */
export const NEVER_A_CONNECTION_OPTION = new Set([
  'authorization',
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'accept',
  'accept-encoding',
  'user-agent',
  'x-request-id',
  'idempotency-key',
  'openai-organization',
  'openai-project',
  'openai-beta',
]);

/** The names in `Connection` values, in lower case. */
function connectionOptions(values: readonly string[]): ReadonlySet<string> {
  const names = values.flatMap((value) => value.split(',')).map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => name !== '' && !NEVER_A_CONNECTION_OPTION.has(name)));
}

const NONE: ReadonlySet<string> = new Set();

/** Most clients send only `keep-alive` or `close`, which name no further header. */
const namesNothing = (value: string): boolean => value === 'keep-alive' || value === 'close' || value === 'Keep-Alive';

/** The headers that the `Connection` headers of a message declare hop-by-hop. */
function optionsIn(headers: readonly string[]): ReadonlySet<string> {
  const values: string[] = [];
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.length === 10 && headers[i]!.toLowerCase() === 'connection' && !namesNothing(headers[i + 1]!))
      values.push(headers[i + 1]!);
  return values.length === 0 ? NONE : connectionOptions(values);
}

const MAX_KNOWN_NAMES = 1000;

/** Caches by the spelling of a name whether it passes: clients use few names, and a look-up is cheaper than the check. */
export class NameFilter {
  private readonly known = new Map<string, boolean>();

  constructor(private readonly check: (name: string) => boolean) {}

  passes(written: string): boolean {
    const known = this.known.get(written);
    if (known !== undefined) return known;
    // A client that invents names fills the cache once; after that, each new name is checked.
    const passes = this.check(written.toLowerCase());
    if (this.known.size < MAX_KNOWN_NAMES) this.known.set(written, passes);
    return passes;
  }
}

/** A test for names, of which those that end in `*` are prefixes. `_` counts as `-`: CGI programs read both alike (RFC 3875 §4.1.18). */
function namesOf(list: readonly string[]): (name: string) => boolean {
  const folded = list.map((name) => name.replaceAll('_', '-'));
  const exact = new Set(folded.filter((name) => !name.endsWith('*')));
  const prefixes = folded.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  return (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** Which headers of a request pass to the upstream; `dropped` are names and prefixes that the operator adds. */
export function requestFilter(dropped: readonly string[] = []): NameFilter {
  const isNever = namesOf([...NEVER_UPSTREAM, ...dropped]);
  const families = FAMILIES.map(({ names, except = [] }) => ({ has: namesOf(names), spares: namesOf(except) }));
  return new NameFilter((written) => {
    const name = written.replaceAll('_', '-');
    return !isNever(name) && !families.some(({ has, spares }) => has(name) && !spares(name));
  });
}

const toUpstream = requestFilter();
const toClient = new NameFilter((name) => !NEVER_TO_THE_CLIENT.has(name) && !name.startsWith('x-proxy-'));

/** Browsers send a credential for a WebSocket this way; in a plain HTTP request it is a second credential. */
const isProtocolCredential = (written: string, value: string): boolean =>
  written.length === 22 &&
  written.toLowerCase() === 'sec-websocket-protocol' &&
  value.toLowerCase().includes(KEY_SUBPROTOCOL);

const contains = (list: ReadonlySet<string>, written: string): boolean =>
  list.size > 0 && list.has(written.toLowerCase());

/**
 * The headers for the upstream as a flat list of names and values: those of the client in their order and case that the
 * filter passes, with the project's key as `Authorization`. `kept` lists hop-by-hop headers that pass nevertheless.
 */
export function upstreamHeaders(
  rawHeaders: readonly string[],
  authorization: string,
  filter = toUpstream,
  kept = NONE,
): string[] {
  const options = optionsIn(rawHeaders);
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const written = rawHeaders[i]!;
    if (written.length === 13 && written.toLowerCase() === 'authorization') headers.push(written, authorization);
    else if (kept.size === 0 && isProtocolCredential(written, rawHeaders[i + 1]!)) continue;
    else if ((filter.passes(written) && !contains(options, written)) || contains(kept, written))
      headers.push(written, rawHeaders[i + 1]!);
  }
  return headers;
}

/** Fields that must not be sent as a trailer, because a recipient needs them before the body (RFC 9110 §6.5.1). */
export const NEVER_A_TRAILER = new Set([
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'host',
  'authorization',
]);

/** The headers for the client as a flat list: those of the upstream without the ones above. Values are latin1, byte for byte. */
export function clientHeaders(rawHeaders: readonly string[], kept = NONE): string[] {
  const options = optionsIn(rawHeaders);
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const written = rawHeaders[i]!;
    if ((toClient.passes(written) && !contains(options, written)) || contains(kept, written))
      headers.push(written, rawHeaders[i + 1]!);
  }
  return headers;
}

/** The trailers of a response as pairs, filtered by the rules for headers. */
export function clientTrailers(rawTrailers: readonly string[]): [string, string][] {
  if (rawTrailers.length === 0) return [];
  const flat = clientHeaders(rawTrailers);
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2)
    if (!NEVER_A_TRAILER.has(flat[i]!.toLowerCase())) pairs.push([flat[i]!, flat[i + 1]!]);
  return pairs;
}

/** All values of a header in a flat list; `name` in lower case. */
export const valuesOf = (headers: readonly string[], name: string): string[] =>
  headers.filter((_, i) => i % 2 === 1 && headers[i - 1]!.toLowerCase() === name);

/** The first value of a header in a flat list; `name` in lower case. */
export function valueOf(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.length === name.length && headers[i]!.toLowerCase() === name) return headers[i + 1];
  return undefined;
}
