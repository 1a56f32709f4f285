import { type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, of } from 'rxjs';
import { AppConfig } from '../../config/app.config.js';
import { callerOf } from '../admission/caller.js';
import { DeadlineWatch } from '../../http/deadline.watch.js';
import { Relay } from './relay.js';
import { type LimitsByProvider, relayLimits } from './relay.limits.js';
import { UpstreamClient } from './upstream.client.js';

/** For Nest it is over at once. */
const FORWARDED = of(undefined);

/**
 * Pipes the upstream's answer through to the client, on the raw sockets: Fastify and Nest see no byte of it. It forwards by
 * itself and calls no handler: waiting for one through RxJS cost an eighth of a request.
 */
@Injectable()
export class StreamingInterceptor implements NestInterceptor {
  private readonly limits: LimitsByProvider;

  constructor(
    config: AppConfig,
    private readonly upstream: UpstreamClient,
    private readonly watch: DeadlineWatch,
  ) {
    this.limits = relayLimits(config);
  }

  intercept(context: ExecutionContext): Observable<undefined> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>().raw;
    const reply = http.getResponse<FastifyReply>();
    const call = this.upstream.call(request, callerOf(request));
    const limits = this.limits.get(call.caller.token.upstream.provider)!;
    reply.hijack();
    new Relay(call, request, reply.raw, limits, this.watch).start();
    return FORWARDED;
  }
}
