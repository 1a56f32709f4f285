import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearer } from '../../http/bearer.js';
import { type Exchange, exchangeOf } from '../../http/exchange.js';
import { Admission } from './admission.js';
import { Cors } from './cors.js';

/** Admits a proxied request by its withering token; without a promise where the admission needs none. */
@Injectable()
export class WitheringTokenGuard implements CanActivate {
  constructor(
    private readonly admission: Admission,
    private readonly cors: Cors,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const exchange = exchangeOf(http.getRequest<FastifyRequest>().raw);
    return this.cors.providers ? this.enterFromPage(exchange, http.getResponse<FastifyReply>()) : this.enter(exchange);
  }

  private enter(exchange: Exchange): boolean | Promise<boolean> {
    const admitted = this.admission.admit(exchange, bearer(exchange.request.headers.authorization));
    return admitted ? admitted.then(() => true) : true;
  }

  /** An allowed page may read a refusal too. */
  private async enterFromPage(exchange: Exchange, reply: FastifyReply): Promise<boolean> {
    this.cors.allow(exchange);
    try {
      return await this.enter(exchange);
    } catch (refusal) {
      void reply.headers(exchange.cors ?? {});
      throw refusal;
    }
  }
}
