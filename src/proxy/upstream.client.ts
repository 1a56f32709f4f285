import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Dispatcher, Pool } from 'undici';
import { AppConfig } from '../config/app.config.js';
import type { Provider } from '../config/provider.js';
import type { Caller } from './caller.js';
import { upstreamHeaders } from './header.rules.js';
import { MeteredClient, type MeteredOptions } from './metered.client.js';
import { UpstreamBreaker } from './upstream.breaker.js';
import { connectorFor } from './upstream.connector.js';

const IDLE_SOCKET_MS = 10_000;

/** A request ready to go upstream. */
export interface UpstreamCall {
  readonly caller: Caller;
  /** `body` is null, the whole of a small body, or a stream. Every outcome comes through `handler`. */
  send(body: Buffer | Readable | null, handler: Dispatcher.DispatchHandler): void;
  /** Told once what came of it: whether the upstream gave an answer of its own. */
  outcome(answered: boolean): void;
}

/** One pool of HTTP/1.1 connections a provider and origin. Origins come from configuration and projects, never from a request. */
@Injectable()
export class UpstreamClient implements OnApplicationShutdown {
  private readonly pools = new Map<Provider, Map<string, Pool>>();

  constructor(
    private readonly config: AppConfig,
    private readonly breaker: UpstreamBreaker,
  ) {}

  /** The path is passed as text: no URL is ever built from a request. */
  call(request: IncomingMessage, caller: Caller): UpstreamCall {
    const { origin, prefix, authorization, provider } = caller.token.upstream;
    const pool = this.pool(provider, origin);
    const path = prefix + request.url!;
    const method = request.method as Dispatcher.HttpMethod;
    const headers = upstreamHeaders(request.rawHeaders, authorization);
    const { projectId } = caller.token;
    return {
      caller,
      send: (body, handler) => void pool.dispatch({ path, method, headers, body }, handler),
      outcome: (answered) => this.breaker[answered ? 'succeeded' : 'failed'](origin, projectId),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    const pools = [...this.pools.values()].flatMap((byOrigin) => [...byOrigin.values()]);
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private pool(provider: Provider, origin: string): Pool {
    const known = this.pools.get(provider)?.get(origin);
    if (known) return known;
    const pool = this.open(provider, origin);
    this.pools.set(provider, (this.pools.get(provider) ?? new Map<string, Pool>()).set(origin, pool));
    return pool;
  }

  /** undici's own body and header deadlines are off: the relay is the one authority on time. */
  private open({ connections, deadlines }: Provider, origin: string): Pool {
    const { connectTimeoutMs } = deadlines;
    return new Pool(origin, {
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connections: connections.max ?? null,
      keepAliveTimeout: connections.idleTimeoutMs ?? IDLE_SOCKET_MS,
      factory: (url, options) => new MeteredClient(url, options as MeteredOptions),
      connect: connectorFor(origin, { ...this.config.upstream, connectTimeoutMs }),
    });
  }
}
