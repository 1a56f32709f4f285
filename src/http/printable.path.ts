import { isDecodable } from '../common/values/escapes.js';
import { hasSecret, redact, withoutSecrets } from '../common/values/redact.js';
import { bearer } from './bearer.js';
import type { Exchange } from './exchange.js';

const ORDINARY = /^(?:.{0,24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** The printable form of a path. A target that is no path may contain a password; a long segment outside /v1 may be a credential. */
export function printablePath(exchange: Exchange): string {
  const { path, route, host } = exchange;
  if (!/^\/(?!\/)/.test(path)) return '-';
  if (route === 'proxied') return withoutCredentials(exchange);
  return path
    .split('/')
    .map((part) => (ORDINARY.test(part) && !hasSecret(decoded(part), host.secrets) ? redact(part) : '…'))
    .join('/');
}

/** Paths of OpenAI's operations without an id are not longer. */
const SHORT = 24;

/** A client may write a credential into a path, in clear or in escapes. */
function withoutCredentials({ path, request, host }: Exchange): string {
  const credential = path.length > SHORT ? bearer(request.headers.authorization) : undefined;
  const text = path.includes('%') ? decoded(path) : path;
  const clear = credential && credential.length >= 8 ? text.replaceAll(credential, '…') : text;
  const redacted = redact(path.length > SHORT ? withoutSecrets(clear, host.secrets) : clear);
  return redacted === text ? path : redacted;
}

/** The text behind escapes of escapes too. */
function decoded(path: string): string {
  let text = path;
  for (let left = 5; left > 0 && text.includes('%'); left -= 1) {
    if (!isDecodable(text)) return text;
    text = decodeURIComponent(text);
  }
  return text;
}
