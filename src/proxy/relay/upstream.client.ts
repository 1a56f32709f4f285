import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../../config/app.config.js';
import type { Provider } from '../../config/provider.js';
import type { ExchangeObserver, UpstreamExchange } from '../../upstream/upstream.exchange.js';
import { UpstreamPool } from '../../upstream/upstream.pool.js';
import type { Caller } from '../admission/caller.js';
import { connectorFor } from '../../upstream/guarded.connector.js';
import { upstreamHeaders } from '../../http/header.rules.js';
import { bodyFraming } from '../../http/request.body.js';
import { UpstreamBreaker } from '../admission/upstream.breaker.js';

const IDLE_SOCKET_MS = 10_000;

/** One pool of HTTP/1.1 connections, and the `Host` of its origin. */
interface Destination {
  readonly pool: UpstreamPool;
  readonly host: string;
}

/** A request ready to go upstream. */
export class UpstreamCall {
  constructor(
    readonly caller: Caller,
    private readonly request: IncomingMessage,
    private readonly destination: Destination,
    private readonly breaker: UpstreamBreaker,
  ) {}

  /**
   * `body` is null, the whole of a small body, or a stream. Every outcome comes through `observer`; throws an UpstreamFault
   * for a head that cannot be sent. The path is passed as text: no URL is ever built from a request.
   */
  send(body: Buffer | Readable | null, observer: ExchangeObserver): UpstreamExchange {
    const { request, destination } = this;
    const { prefix, authorization } = this.caller.token.upstream;
    return destination.pool.dispatch(
      {
        method: request.method!,
        target: prefix + request.url!,
        host: destination.host,
        headers: upstreamHeaders(request.rawHeaders, authorization),
        length: bodyFraming(request).length,
      },
      body,
      observer,
    );
  }

  /** Told once what came of it: whether the upstream gave an answer of its own. */
  outcome(answered: boolean): void {
    const { token } = this.caller;
    this.breaker[answered ? 'succeeded' : 'failed'](token.upstream.origin, token.projectId);
  }
}

/** One pool a provider and origin. Origins come from configuration and projects, never from a request. */
@Injectable()
export class UpstreamClient implements OnApplicationShutdown {
  private readonly destinations = new Map<Provider, Map<string, Destination>>();

  constructor(
    private readonly config: AppConfig,
    private readonly breaker: UpstreamBreaker,
  ) {}

  call(request: IncomingMessage, caller: Caller): UpstreamCall {
    const { origin, provider } = caller.token.upstream;
    return new UpstreamCall(caller, request, this.destination(provider, origin), this.breaker);
  }

  onApplicationShutdown(): void {
    for (const byOrigin of this.destinations.values()) for (const { pool } of byOrigin.values()) pool.close();
  }

  private destination(provider: Provider, origin: string): Destination {
    const known = this.destinations.get(provider)?.get(origin);
    if (known) return known;
    const destination = { pool: this.open(provider, origin), host: new URL(origin).host };
    const byOrigin = this.destinations.get(provider) ?? new Map<string, Destination>();
    this.destinations.set(provider, byOrigin.set(origin, destination));
    return destination;
  }

  /** No deadline but that on connecting is below: the relay is the one authority on time. */
  private open({ connections, deadlines }: Provider, origin: string): UpstreamPool {
    return new UpstreamPool({
      connect: connectorFor(origin, this.config.upstream, deadlines.connectTimeoutMs),
      maxConnections: connections.max,
      idleMs: connections.idleTimeoutMs ?? IDLE_SOCKET_MS,
    });
  }
}
