/** RFC 9110 §7.6.1 and what older peers send in its place. */
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

/** Who the client is, is nobody's business upstream. */
const CLIENT_ADDRESS = [
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-envoy-external-address',
  'true-client-ip',
  'fastly-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'cf-pseudo-ipv4',
  'cf-ipcountry',
];

const SECOND_CREDENTIALS = ['cookie', 'api-key', 'x-api-key', 'x-goog-api-key'];

/** Names that mean something to JavaScript objects: no honest client sends them, and some program behind us may fall over them. */
const OBJECT_KEYS = ['__proto__', 'constructor', 'prototype', 'hasownproperty'];

/** The upstream's client writes `Host` itself (RFC 9112 §3.2); an expectation is answered here (RFC 9110 §10.1.1). */
const OURS = ['host', 'expect'];

export const NEVER_UPSTREAM = new Set([
  ...HOP_BY_HOP,
  ...CLIENT_ADDRESS,
  ...SECOND_CREDENTIALS,
  ...OBJECT_KEYS,
  ...OURS,
]);

export const NEVER_TO_THE_CLIENT = new Set([...HOP_BY_HOP, 'set-cookie', 'set-cookie2']);

/** End-to-end by definition: naming one in `Connection` does not remove it (RFC 9110 §7.6.1 forbids naming it). */
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

/** The names that `Connection` values list, lower-case. */
function connectionOptions(values: readonly string[]): ReadonlySet<string> {
  const names = values.flatMap((value) => value.split(',')).map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => name !== '' && !NEVER_A_CONNECTION_OPTION.has(name)));
}

const NONE: ReadonlySet<string> = new Set();

/** `keep-alive` and `close`, alone, are what nearly everybody sends: they name no header worth looking for. */
const namesNothing = (value: string): boolean => value === 'keep-alive' || value === 'close' || value === 'Keep-Alive';

function optionsIn(headers: readonly string[]): ReadonlySet<string> {
  const values: string[] = [];
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.length === 10 && headers[i]!.toLowerCase() === 'connection' && !namesNothing(headers[i + 1]!))
      values.push(headers[i + 1]!);
  return values.length === 0 ? NONE : connectionOptions(values);
}

const MAX_KNOWN_NAMES = 1000;

/** Names as they are written, and whether they pass by themselves: there are few, and judging one again costs more than looking it up. */
class Verdicts {
  private readonly known = new Map<string, boolean>();

  constructor(private readonly passes: (name: string) => boolean) {}

  of(written: string): boolean {
    const known = this.known.get(written);
    if (known !== undefined) return known;
    // Whoever invents names fills it once, and then pays for each.
    const passes = this.passes(written.toLowerCase());
    if (this.known.size < MAX_KNOWN_NAMES) this.known.set(written, passes);
    return passes;
  }
}

const toUpstream = new Verdicts((name) => !NEVER_UPSTREAM.has(name) && !name.startsWith('x-forwarded-'));
const toClient = new Verdicts((name) => !NEVER_TO_THE_CLIENT.has(name) && !name.startsWith('x-proxy-'));

/** A browser's way to send a credential with a WebSocket; where no socket is opened it is a second credential like others. */
const isProtocolCredential = (written: string, value: string): boolean =>
  written.length === 22 &&
  written.toLowerCase() === 'sec-websocket-protocol' &&
  value.includes('openai-insecure-api-key.');

const names = (list: ReadonlySet<string>, written: string): boolean => list.size > 0 && list.has(written.toLowerCase());

/**
 * A flat list of names and values: what the client sent, as it sent it, minus the contract's table, plus the project's
 * key. `kept` names what passes although it is hop-by-hop.
 */
export function upstreamHeaders(rawHeaders: readonly string[], authorization: string, kept = NONE): string[] {
  const options = optionsIn(rawHeaders);
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const written = rawHeaders[i]!;
    if (written.length === 13 && written.toLowerCase() === 'authorization') headers.push(written, authorization);
    else if (kept.size === 0 && isProtocolCredential(written, rawHeaders[i + 1]!)) continue;
    else if ((toUpstream.of(written) && !names(options, written)) || names(kept, written))
      headers.push(written, rawHeaders[i + 1]!);
  }
  return headers;
}

/** What a trailer must not say: it comes too late for it (RFC 9110 §6.5.1). */
export const NEVER_A_TRAILER = new Set([
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'host',
  'authorization',
]);

/** A flat list of names and values: what the upstream sent, minus the contract's table. Values are latin1, byte for byte. */
export function clientHeaders(rawHeaders: readonly string[], kept = NONE): string[] {
  const options = optionsIn(rawHeaders);
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const written = rawHeaders[i]!;
    if ((toClient.of(written) && !names(options, written)) || names(kept, written))
      headers.push(written, rawHeaders[i + 1]!);
  }
  return headers;
}

/** The trailers of an answer, as pairs, by the rules of its headers. */
export function clientTrailers(rawTrailers: readonly string[]): [string, string][] {
  if (rawTrailers.length === 0) return [];
  const flat = clientHeaders(rawTrailers);
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2)
    if (!NEVER_A_TRAILER.has(flat[i]!.toLowerCase())) pairs.push([flat[i]!, flat[i + 1]!]);
  return pairs;
}

/** The first value of a header in a flat list; `name` in lower case. */
export function valueOf(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.length === name.length && headers[i]!.toLowerCase() === name) return headers[i + 1];
  return undefined;
}
