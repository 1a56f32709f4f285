import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearer } from '../../http/bearer.js';
import { Admission } from './admission.js';
import { type Caller, setCaller } from './caller.js';
import { Cors, corsOf } from './cors.js';

/** Lets in what Admission admits; without a promise where that needs none. */
@Injectable()
export class WitheringTokenGuard implements CanActivate {
  constructor(
    private readonly admission: Admission,
    private readonly cors: Cors,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>().raw;
    const reply = http.getResponse<FastifyReply>();
    return this.cors.providers ? this.enterFromPage(request, reply) : this.enter(request, reply);
  }

  private enter(request: IncomingMessage, { raw: response }: FastifyReply): boolean | Promise<boolean> {
    const caller = this.admission.admit(request, bearer(request.headers.authorization), response);
    return caller instanceof Promise ? caller.then((admitted) => letIn(request, admitted)) : letIn(request, caller);
  }

  /** A page may read a refusal too, if it is one of those that may use the provider. */
  private async enterFromPage(request: IncomingMessage, reply: FastifyReply): Promise<boolean> {
    this.cors.greet(request);
    try {
      return await this.enter(request, reply);
    } catch (refusal) {
      void reply.headers(corsOf(request) ?? {});
      throw refusal;
    }
  }
}

function letIn(request: IncomingMessage, caller: Caller): true {
  caller.cors = corsOf(request);
  setCaller(request, caller);
  return true;
}
