import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { errors } from '../../common/errors/errors.js';
import { AppConfig } from '../../config/app.config.js';
import { bearer } from '../../http/bearer.js';
import { clientAddress } from '../../http/client.address.js';
import { type Exchange, exchangeOf } from '../../http/exchange.js';
import { TokenAuthenticator } from '../token.authenticator.js';
import { OwnTokenLimit } from './own.token.limit.js';

/**
 * Admits a request with a withering token, also with one that has ended, and puts the id of the token on the exchange. It
 * counts nothing. A request from an address that the token does not allow is refused.
 */
@Injectable()
export class OwnTokenGuard implements CanActivate {
  constructor(
    private readonly authenticator: TokenAuthenticator,
    private readonly limit: OwnTokenLimit,
    private readonly config: AppConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const exchange = exchangeOf(context.switchToHttp().getRequest<FastifyRequest>().raw);
    await this.enter(exchange);
    return true;
  }

  private async enter(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const credential = bearer(request.headers.authorization);
    if (credential === undefined) throw errors.tokenMissing('');
    if (credential === null) throw errors.tokenMalformed('Authorization must be Bearer and the token');
    const { id, projectId, scope } = await this.authenticator.identify(credential, request);
    exchange.tokenId = id;
    exchange.projectId = projectId;
    if (scope?.networks) {
      const address = clientAddress(request, this.config.trustedProxies);
      if (!scope.networks.includes(address)) throw errors.ipNotAllowed(address);
    }
    this.limit.pass(id);
  }
}
