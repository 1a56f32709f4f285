import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app.config.js';
import type { Provider } from '../../config/provider/provider.js';
import type { UpstreamObserver, UpstreamExchange } from '../../upstream/upstream.exchange.js';
import { UpstreamPool } from '../../upstream/upstream.pool.js';
import { connectorFor } from '../../upstream/guarded.connector.js';
import type { Exchange } from '../../http/exchange.js';
import { type NameFilter, requestFilter, upstreamHeaders } from '../../http/header.rules.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import { UpstreamBreaker } from '../admission/upstream.breaker.js';

const IDLE_SOCKET_MS = 10_000;

/** A pool of HTTP/1.1 connections, the `Host` of its origin, and which headers go there. */
interface Destination {
  readonly pool: UpstreamPool;
  readonly host: string;
  readonly filter: NameFilter;
}

/** A request ready to go upstream. */
export class UpstreamCall {
  constructor(
    private readonly exchange: Exchange,
    private readonly token: UsableToken,
    private readonly destination: Destination,
    private readonly breaker: UpstreamBreaker,
  ) {}

  /**
   * `body` is null, the whole of a small body, or a stream. Every outcome is reported to `observer`. Throws an UpstreamError
   * for a head that cannot be sent. The path is passed as text: no URL is ever built from a request.
   */
  send(body: Buffer | Readable | null, observer: UpstreamObserver): UpstreamExchange {
    const { destination, token } = this;
    const { request, bodyLength } = this.exchange;
    const { prefix, authorization } = token.upstream;
    const headers = upstreamHeaders(request.rawHeaders, authorization, destination.filter);
    const length = bodyLength !== undefined && Buffer.isBuffer(body) ? body.length : bodyLength;
    if (length !== bodyLength) setLength(headers, length!);
    return destination.pool.dispatch(
      {
        method: request.method!,
        target: prefix + request.url!,
        host: destination.host,
        headers,
        length,
        isCounted: token.capped,
      },
      body,
      observer,
    );
  }

  /** To be called once: whether the upstream gave a response of its own. */
  outcome(hasResponded: boolean): void {
    const { upstream, projectId } = this.token;
    this.breaker[hasResponded ? 'succeeded' : 'failed'](upstream.origin, projectId);
  }
}

/** For a body that the proxy has changed. */
function setLength(headers: string[], length: number): void {
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.toLowerCase() === 'content-length') headers[i + 1] = String(length);
}

/** One pool for each provider and origin. Origins come from configuration and projects, never from a request. */
@Injectable()
export class UpstreamClient {
  private readonly destinations = new Map<Provider, Map<string, Destination>>();
  private readonly filter: NameFilter;

  constructor(
    private readonly config: AppConfig,
    private readonly breaker: UpstreamBreaker,
  ) {
    this.filter = requestFilter(config.upstream.droppedHeaders);
  }

  call(exchange: Exchange, token: UsableToken): UpstreamCall {
    const { origin, provider } = token.upstream;
    return new UpstreamCall(exchange, token, this.destination(provider, origin), this.breaker);
  }

  close(): void {
    for (const byOrigin of this.destinations.values()) for (const { pool } of byOrigin.values()) pool.close();
  }

  private destination(provider: Provider, origin: string): Destination {
    const known = this.destinations.get(provider)?.get(origin);
    if (known) return known;
    const destination = { pool: this.open(provider, origin), host: new URL(origin).host, filter: this.filter };
    const byOrigin = this.destinations.get(provider) ?? new Map<string, Destination>();
    this.destinations.set(provider, byOrigin.set(origin, destination));
    return destination;
  }

  /** The connect timeout is the only deadline below the relay, which is the one authority on time. */
  private open(provider: Provider, origin: string): UpstreamPool {
    const { connections } = provider;
    return new UpstreamPool({
      connect: connectorFor(origin, provider, this.config.upstream),
      maxConnections: connections.max,
      idleMs: connections.idleTimeoutMs ?? IDLE_SOCKET_MS,
      maxAgeMs: connections.maxAgeMs,
    });
  }
}
