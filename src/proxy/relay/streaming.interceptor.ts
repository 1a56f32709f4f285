import { type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, of } from 'rxjs';
import { AppConfig } from '../../config/app.config.js';
import { DeadlineWatch } from '../../http/deadline.watch.js';
import { exchangeOf } from '../../http/exchange.js';
import { permitOf } from '../admission/permit.js';
import { BodyTaps } from './body.taps.js';
import { Relay } from './relay.js';
import { type LimitsByProvider, relayLimits } from './relay.limits.js';
import { UpstreamClient } from './upstream.client.js';

/** For Nest the call is over at once. */
const FORWARDED = of(undefined);

/**
 * Pipes the upstream's response through to the client, on the raw sockets: Fastify and Nest see no byte of it. It forwards
 * by itself and calls no handler: waiting for one through RxJS cost an eighth of a request.
 */
@Injectable()
export class StreamingInterceptor implements NestInterceptor {
  private readonly limits: LimitsByProvider;

  constructor(
    config: AppConfig,
    private readonly upstream: UpstreamClient,
    private readonly watch: DeadlineWatch,
    private readonly taps: BodyTaps,
  ) {
    this.limits = relayLimits(config);
  }

  intercept(context: ExecutionContext): Observable<undefined> {
    const http = context.switchToHttp();
    const exchange = exchangeOf(http.getRequest<FastifyRequest>().raw);
    const permit = permitOf(exchange);
    const limits = this.limits.get(permit.token.upstream.provider)!;
    http.getResponse<FastifyReply>().hijack();
    const call = this.upstream.call(exchange, permit.token);
    new Relay(exchange, permit, call, limits, this.watch, this.taps).start();
    return FORWARDED;
  }
}
