import { All, Controller, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ForWitheringTokens } from '../auth/access.decorator.js';
import { StreamingInterceptor } from './relay/streaming.interceptor.js';
import { WitheringTokenGuard } from './admission/token.guard.js';

@ApiExcludeController()
@ForWitheringTokens()
@UseGuards(WitheringTokenGuard)
@UseInterceptors(StreamingInterceptor)
@Controller('v1')
export class ProxyController {
  /** Declares the route: the guard admits, the interceptor forwards. `@Res()` tells Nest that the handler sends the response itself. */
  @All('*')
  forward(@Res() _reply: FastifyReply): void {
    throw new Error('the interceptor has forwarded it');
  }
}
