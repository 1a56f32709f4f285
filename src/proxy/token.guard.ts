import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { bearer } from '../common/bearer.js';
import { errors } from '../common/errors.js';
import { exchangeOf } from '../common/exchange.js';
import { AppConfig } from '../config/app.config.js';
import { TokenAuthenticator, type UsableToken } from '../token/token.authenticator.js';
import type { KnownToken } from '../token/token.cache.js';
import { TokenLedger } from '../token/token.ledger.js';
import { TokenUsage } from '../token/token.usage.js';
import { setCaller } from './caller.js';
import { endpointFault } from './endpoint.rules.js';
import { bodyFraming } from './request.body.js';
import { UpstreamBreaker } from './upstream.breaker.js';

/** Admits a proxied request: a usable token, an allowed endpoint, a body that may be sent, and last one request taken. */
@Injectable()
export class WitheringTokenGuard implements CanActivate {
  private readonly maxRequestBytes: number;

  constructor(
    config: AppConfig,
    private readonly authenticator: TokenAuthenticator,
    private readonly ledger: TokenLedger,
    private readonly usage: TokenUsage,
    private readonly breaker: UpstreamBreaker,
  ) {
    this.maxRequestBytes = config.client.maxRequestBytes;
  }

  /** Answers without a promise when memory knows the token and it has no cap: the common case costs no microtask. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>().raw;
    const credential = bearer(request.headers.authorization);
    if (credential === undefined) throw errors.tokenMissing();
    if (credential === null) throw errors.tokenMalformed();
    const token = this.authenticator.identify(credential);
    return token instanceof Promise ? token.then((loaded) => this.admit(request, loaded)) : this.admit(request, token);
  }

  private admit(request: IncomingMessage, token: KnownToken): boolean | Promise<boolean> {
    const exchange = exchangeOf(request);
    exchange.tokenId = token.id;
    exchange.projectId = token.projectId;
    this.authenticator.assertUsable(token);
    const fault = endpointFault(exchange.path);
    if (fault) throw fault;
    const { length } = bodyFraming(request);
    if (this.maxRequestBytes > 0 && length !== undefined && length > this.maxRequestBytes)
      throw errors.bodyTooLarge(this.maxRequestBytes);
    this.breaker.assertMayPass(token.upstream.origin, token.projectId);
    return this.take(request, token);
  }

  private take(request: IncomingMessage, token: UsableToken): boolean | Promise<boolean> {
    if (!token.capped) {
      this.usage.count(token.id);
      setCaller(request, { token, giveBack: once(() => this.usage.giveBack(token.id)) });
      return true;
    }
    return this.ledger.take(token.id).then(() => {
      setCaller(request, { token, giveBack: once(() => void this.ledger.giveBack(token.id)) });
      return true;
    });
  }
}

function once(run: () => void): () => void {
  let pending: (() => void) | undefined = run;
  return () => {
    const first = pending;
    pending = undefined;
    first?.();
  };
}
