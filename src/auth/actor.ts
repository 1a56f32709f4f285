import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The author of a management call. */
export interface Actor {
  /** The credential of the call: the management token is the only one. */
  readonly kind: 'management_api';
  /** The interface that the call came in through. */
  readonly origin: 'api';
}

/** The holder of the management token. */
export const ROOT: Actor = { kind: 'management_api', origin: 'api' };

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by ManagementGuard. */
    actor?: Actor;
  }
}

/** The actor of the request that a route serves. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!actor) throw new Error('ManagementGuard did not authenticate the request of this route');
  return actor;
});
