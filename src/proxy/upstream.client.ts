import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Dispatcher, Pool } from 'undici';
import { AppConfig } from '../config/app.config.js';
import { isPrivateHost } from '../project/private.address.js';
import type { Caller } from './caller.js';
import { guardedLookup } from './guarded.lookup.js';
import { upstreamHeaders } from './header.rules.js';
import { UpstreamBreaker } from './upstream.breaker.js';

const IDLE_SOCKET_MS = 10_000;

/** A request ready to go upstream. */
export interface UpstreamCall {
  readonly caller: Caller;
  /** `body` is null, the whole of a small body, or a stream. Every outcome comes through `handler`. */
  send(body: Buffer | Readable | null, handler: Dispatcher.DispatchHandler): void;
  /** Told once what came of it: whether the upstream gave an answer of its own. */
  outcome(answered: boolean): void;
}

/** One pool of HTTP/1.1 connections an origin. Origins come from configuration and projects, never from a request. */
@Injectable()
export class UpstreamClient implements OnApplicationShutdown {
  private readonly pools = new Map<string, Pool>();

  constructor(
    private readonly config: AppConfig,
    private readonly breaker: UpstreamBreaker,
  ) {}

  /** The path is passed as text: no URL is ever built from a request. */
  call(request: IncomingMessage, caller: Caller): UpstreamCall {
    const { origin, prefix, authorization } = caller.token.upstream;
    const pool = this.pool(origin);
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
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  private pool(origin: string): Pool {
    const known = this.pools.get(origin);
    if (known) return known;
    const pool = this.open(origin);
    this.pools.set(origin, pool);
    return pool;
  }

  /** undici's own body and header deadlines are off: the relay is the one authority on time. */
  private open(origin: string): Pool {
    const { upstream } = this.config;
    const mayBePrivate = origin === upstream.origin || upstream.allowedPrivateOrigins.includes(origin);
    return new Pool(origin, {
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: IDLE_SOCKET_MS,
      connect:
        !mayBePrivate && isPrivateHost(new URL(origin).hostname)
          ? (_options, done) => done(new Error('the upstream is a private address'), null)
          : {
              timeout: upstream.connectTimeoutMs,
              rejectUnauthorized: true,
              ...(mayBePrivate ? {} : { lookup: guardedLookup }),
            },
    });
  }
}
