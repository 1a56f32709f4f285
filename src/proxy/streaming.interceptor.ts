import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { AppConfig } from '../config/app.config.js';
import { DeadlineWatch } from './deadline.watch.js';
import { Relay } from './relay.js';
import { type LimitsByProvider, relayLimits } from './relay.limits.js';
import type { UpstreamCall } from './upstream.client.js';

/** Pipes what the controller prepared through to the client, on the raw sockets: Fastify and Nest see no byte of it. */
@Injectable()
export class StreamingInterceptor implements NestInterceptor<UpstreamCall, void> {
  private readonly limits: LimitsByProvider;

  constructor(
    config: AppConfig,
    private readonly watch: DeadlineWatch,
  ) {
    this.limits = relayLimits(config);
  }

  intercept(context: ExecutionContext, next: CallHandler<UpstreamCall>): Observable<void> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>().raw;
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map((call) => {
        reply.hijack();
        new Relay(call, request, reply.raw, this.limits.get(call.caller.token.upstream.provider)!, this.watch).start();
      }),
    );
  }
}
