import { isDecodable } from '../common/values/escapes.js';
import { redact } from '../common/values/redact.js';
import { bearer } from './bearer.js';
import type { Exchange } from './exchange.js';

const ORDINARY = /^(?:.{0,24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** The printable form of a path. A target that is no path may contain a password; a long segment outside /v1 may be a credential. */
export function printablePath({ path, route, request }: Exchange): string {
  if (!/^\/(?!\/)/.test(path)) return '-';
  if (route === 'proxied') return withoutCredentials(path, request.headers.authorization);
  return path
    .split('/')
    .map((part) => (ORDINARY.test(part) ? redact(part) : '…'))
    .join('/');
}

/** Paths of OpenAI's operations without an id are not longer. */
const SHORT = 24;

/** A client may write a credential into a path, in clear or in escapes. */
function withoutCredentials(path: string, authorization: string | undefined): string {
  const credential = path.length > SHORT ? bearer(authorization) : undefined;
  const text = path.includes('%') ? decoded(path) : path;
  const clear = credential && credential.length >= 8 ? text.replaceAll(credential, '…') : text;
  const redacted = redact(clear);
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
