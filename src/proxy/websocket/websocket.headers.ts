import type { Exchange } from '../../http/exchange.js';
import { clientHeaders, type NameFilter, upstreamHeaders, valueOf } from '../../http/header.rules.js';
import { addedHeaders } from '../relay/added.headers.js';

/** Hop-by-hop, but on an upgrade both hops make the same change of protocol (RFC 6455 §4.1, §4.2.2). */
const SWITCHING: ReadonlySet<string> = new Set(['connection', 'upgrade']);
/** What an upgrade says in `Connection`; every other option named a header that was dropped. */
const OPTIONS = new Set(['upgrade', 'keep-alive']);

/** The handshake as it goes upstream: a flat list, `Host` first (RFC 9110 §7.2), then what the client sent, in its order. */
export function handshakeUpstream(
  rawHeaders: readonly string[],
  host: string,
  authorization: string,
  filter: NameFilter,
): string[] {
  const headers = upstreamHeaders(rawHeaders, authorization, filter, SWITCHING);
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.toLowerCase() === 'connection') headers[i + 1] = optionsOnly(headers[i + 1]!);
  if (valueOf(headers, 'authorization') === undefined) headers.push('Authorization', authorization);
  return ['Host', host, ...headers];
}

/** The upstream's 101 as it goes to the client: the bytes up to and with the empty line. */
export function handshakeResponse(rawHeaders: readonly string[], reason: string, exchange: Exchange): Buffer {
  const headers = [...clientHeaders(rawHeaders, SWITCHING), ...addedHeaders(exchange)];
  const lines: string[] = [];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}\r\n`);
  return Buffer.from(`HTTP/1.1 101 ${reason}\r\n${lines.join('')}\r\n`, 'latin1');
}

/** The headers of a response that is no 101. */
export function plainResponseHeaders(rawHeaders: readonly string[], exchange: Exchange): string[] {
  return [...clientHeaders(rawHeaders), ...addedHeaders(exchange)];
}

function optionsOnly(value: string): string {
  const items = value.split(',').map((item) => item.trim());
  const own = items.filter((item) => OPTIONS.has(item.toLowerCase()));
  return own.length === items.length ? value : own.join(', ');
}
