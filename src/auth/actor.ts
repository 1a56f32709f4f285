import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../common/values/actor.js';
import { exchangeOf } from '../http/exchange.js';

/** The actor of the request that a route serves. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const { actor } = exchangeOf(context.switchToHttp().getRequest<FastifyRequest>().raw);
  if (!actor) throw new Error('ManagementGuard did not authenticate the request of this route');
  return actor;
});
