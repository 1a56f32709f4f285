import { buildConnector } from 'undici';
import type { AppConfig } from '../config/app.config.js';
import { isPrivateHost, mayBePrivate } from '../project/private.address.js';
import { guardedLookup } from './guarded.lookup.js';

/**
 * How connections to an origin are made, for requests and sockets alike: HTTP/1.1, in UPSTREAM_CONNECT_TIMEOUT, TLS
 * verified, and to a private address only where the configuration names the origin.
 */
export function connectorFor(origin: string, upstream: AppConfig['upstream']): buildConnector.connector {
  const isNamed = mayBePrivate(origin, upstream);
  if (!isNamed && isPrivateHost(new URL(origin).hostname))
    return (_options, done) => done(new Error('the upstream is a private address'), null);
  return buildConnector({
    allowH2: false,
    timeout: upstream.connectTimeoutMs,
    rejectUnauthorized: true,
    ...(isNamed ? {} : { lookup: guardedLookup }),
  });
}

/** What a connector needs to know of an origin. */
export function addressOf(origin: string): buildConnector.Options {
  const { hostname, host, protocol, port } = new URL(origin);
  return { hostname: hostname.replace(/^\[|\]$/g, ''), host, protocol, port };
}
