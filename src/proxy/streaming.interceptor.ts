import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { AppConfig } from '../config/app.config.js';
import { DeadlineWatch } from './deadline.watch.js';
import { Relay, type RelayLimits } from './relay.js';
import type { UpstreamCall } from './upstream.client.js';

/** Pipes what the controller prepared through to the client, on the raw sockets: Fastify and Nest see no byte of it. */
@Injectable()
export class StreamingInterceptor implements NestInterceptor<UpstreamCall, void> {
  private readonly limits: RelayLimits;

  constructor(
    config: AppConfig,
    private readonly watch: DeadlineWatch,
  ) {
    const { headersTimeoutMs, idleTimeoutMs, maxDurationMs } = config.upstream;
    const { stallTimeoutMs: clientStallMs, maxRequestBytes } = config.client;
    this.limits = { headersTimeoutMs, idleTimeoutMs, maxDurationMs, clientStallMs, maxRequestBytes };
  }

  intercept(context: ExecutionContext, next: CallHandler<UpstreamCall>): Observable<void> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>().raw;
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map((call) => {
        reply.hijack();
        new Relay(call, request, reply.raw, this.limits, this.watch).start();
      }),
    );
  }
}
