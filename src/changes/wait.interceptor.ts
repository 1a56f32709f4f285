import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { concatMap, type Observable } from 'rxjs';
import { errors } from '../common/errors/errors.js';
import { integer } from '../common/rest/api.docs.js';
import { ReplicaConfirmation } from './replica.confirmation.js';

/** `?wait=replicas` on a call that changes something: the answer comes when every live replica has heard of it. */
@Injectable()
export class WaitInterceptor implements NestInterceptor {
  constructor(private readonly confirmation: ReplicaConfirmation) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { wait } = http.getRequest<FastifyRequest<{ Querystring: { wait?: unknown } }>>().query;
    if (wait === undefined) return next.handle();
    if (wait !== 'replicas')
      throw errors.validationFailed([{ field: 'wait', message: 'wait must be replicas when it is given' }]);
    return next.handle().pipe(
      concatMap(async (answer: unknown) => {
        const { confirmed, pending } = await this.confirmation.gather();
        const reply = http.getResponse<FastifyReply>().header('x-replicas-confirmed', confirmed);
        if (pending.length > 0) void reply.header('x-replicas-pending', pending.map(({ id }) => id).join(', '));
        return answer;
      }),
    );
  }
}

/** For the OpenAPI document: what an answer carries when it was waited for. */
export const CONFIRMED_HEADERS = {
  'x-replicas-confirmed': {
    description: 'With wait=replicas: how many live replicas have the change in force',
    schema: integer(0),
  },
  'x-replicas-pending': {
    description: 'With wait=replicas: ids of those that have not and may still be serving; absent when there are none',
    schema: { type: 'string' },
  },
} as const;

/** A route whose change can be waited for. */
export const MayWaitForReplicas = (): MethodDecorator =>
  applyDecorators(
    UseInterceptors(WaitInterceptor),
    ApiQuery({
      name: 'wait',
      required: false,
      enum: ['replicas'],
      description: 'Answer when every live replica has the change in force, after 5 s at the latest',
    }),
  );
