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
  /** The route alone: the guard lets in, the interceptor forwards. `@Res()` tells Nest that it has nothing to send. */
  @All('*')
  forward(@Res() _reply: FastifyReply): void {
    throw new Error('the interceptor has forwarded it');
  }
}
