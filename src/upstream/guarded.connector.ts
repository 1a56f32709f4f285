import type { AppConfig } from '../config/app.config.js';
import type { Provider } from '../config/provider/provider.js';
import { isPrivateHost, mayBePrivate } from './private.address.js';
import { type Connect, connector } from './upstream.connector.js';
import { UpstreamError } from './upstream.error.js';
import { guardedLookup } from './guarded.lookup.js';

/**
 * Opens connections to an origin, for requests and WebSockets alike, through the forward proxy of the provider if it has
 * one. A private address is refused unless the configuration names the origin. A proxy resolves names itself, so that only
 * an address in the origin is checked then.
 */
export function connectorFor(origin: string, provider: Provider, upstream: AppConfig['upstream']): Connect {
  const isNamed = mayBePrivate(origin, upstream);
  if (!isNamed && isPrivateHost(new URL(origin).hostname)) return (done) => done(privateAddress(), undefined);
  return connector(origin, {
    timeoutMs: provider.deadlines.connectTimeoutMs,
    lookup: isNamed ? undefined : guardedLookup,
    via: provider.proxyFor(origin),
  });
}

const privateAddress = (): UpstreamError =>
  new UpstreamError(
    'unreachable',
    'the upstream has a private address',
    Object.assign(new Error('private address'), { code: 'EPRIVATE' }),
  );
