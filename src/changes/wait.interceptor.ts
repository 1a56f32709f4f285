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

/** `?wait=replicas` on a call that changes something: the response comes when every live replica has the change in force. */
@Injectable()
export class WaitInterceptor implements NestInterceptor {
  constructor(private readonly confirmation: ReplicaConfirmation) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { wait } = http.getRequest<FastifyRequest<{ Querystring: { wait?: unknown } }>>().query;
    if (wait === undefined) return next.handle();
    if (wait !== 'replicas') throw errors.fieldInvalid('wait', 'must be replicas when it is given');
    return next.handle().pipe(
      concatMap(async (body: unknown) => {
        const { confirmed, pending } = await this.confirmation.wait();
        const reply = http.getResponse<FastifyReply>().header('x-replicas-confirmed', confirmed);
        if (pending.length > 0) void reply.header('x-replicas-pending', pending.map(({ id }) => id).join(', '));
        return body;
      }),
    );
  }
}

/** For the OpenAPI document: the headers of a response that waited. */
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

/** A route that can wait for its change to be in force everywhere. */
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
