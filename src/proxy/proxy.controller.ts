import { All, Controller, Req, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForWitheringTokens } from '../auth/access.decorator.js';
import { type Caller, TheCaller } from './caller.js';
import { StreamingInterceptor } from './streaming.interceptor.js';
import { WitheringTokenGuard } from './token.guard.js';
import { type UpstreamCall, UpstreamClient } from './upstream.client.js';

@ApiExcludeController()
@ForWitheringTokens()
@UseGuards(WitheringTokenGuard)
@UseInterceptors(StreamingInterceptor)
@Controller('v1')
export class ProxyController {
  constructor(private readonly upstream: UpstreamClient) {}

  /** `@Res()` tells Nest that it has nothing to send: the interceptor writes on the raw socket. */
  @All('*')
  forward(@Req() request: FastifyRequest, @Res() _reply: FastifyReply, @TheCaller() caller: Caller): UpstreamCall {
    return this.upstream.call(request.raw, caller);
  }
}
