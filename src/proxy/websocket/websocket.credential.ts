import { bearer } from '../../http/bearer.js';
import { errors } from '../../common/errors/errors.js';
import { KEY_SUBPROTOCOL } from '../../openai/key.subprotocol.js';

const PROTOCOLS = 'sec-websocket-protocol';

export interface WebSocketCredential {
  /** As `bearer` returns it: undefined when there is none, null when it is malformed. */
  credential: string | null | undefined;
  /** Without the subprotocols that carried the credential; all others unchanged. */
  rawHeaders: string[];
}

/** The one credential of a handshake, from `Authorization` or a subprotocol. Throws `header_invalid` for two that differ. */
export function takeCredential(rawHeaders: readonly string[], authorization: string | undefined): WebSocketCredential {
  const found = new Set<string | null>();
  const fromHeader = bearer(authorization);
  if (fromHeader !== undefined) found.add(fromHeader);
  const kept: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i]!, rawHeaders[i + 1]!];
    const rest = name.toLowerCase() === PROTOCOLS ? withoutCarriers(value, found) : value;
    if (rest !== undefined) kept.push(name, rest);
  }
  if (found.size > 1) throw errors.headerInvalid('it carries two different credentials');
  const [credential] = found;
  return { credential, rawHeaders: kept };
}

/** The list without its carriers, the rest unchanged (RFC 6455 §11.3.4); undefined for an empty rest. */
function withoutCarriers(value: string, found: Set<string | null>): string | undefined {
  const items = value.split(',');
  const others = items.filter((item) => !isCarrier(item));
  if (others.length === items.length) return value;
  for (const item of items.filter(isCarrier)) found.add(item.trim().slice(KEY_SUBPROTOCOL.length) || null);
  const rest = others.join(',').trim();
  return rest === '' ? undefined : rest;
}

const isCarrier = (item: string): boolean => item.trim().toLowerCase().startsWith(KEY_SUBPROTOCOL);
