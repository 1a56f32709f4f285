import type { AppConfig } from '../config/app.config.js';
import { isPrivateHost, mayBePrivate } from './private.address.js';
import { type Connect, connector } from './upstream.connector.js';
import { UpstreamError } from './upstream.error.js';
import { guardedLookup } from './guarded.lookup.js';

/**
 * Opens connections to an origin, for requests and WebSockets alike, within `timeoutMs`. A private address is refused
 * unless the configuration names the origin.
 */
export function connectorFor(origin: string, upstream: AppConfig['upstream'], timeoutMs: number): Connect {
  const isNamed = mayBePrivate(origin, upstream);
  if (!isNamed && isPrivateHost(new URL(origin).hostname))
    return (done) => done(new UpstreamError('unreachable', 'the upstream has a private address'), undefined);
  return connector(origin, { timeoutMs, lookup: isNamed ? undefined : guardedLookup });
}
