import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { bearer } from '../http/bearer.js';
import { SecretMatcher } from '../common/values/constant.time.js';
import { errors } from '../common/errors/errors.js';
import { AppConfig } from '../config/app.config.js';
import { type Access, ACCESS_KEY } from './access.decorator.js';
import { ROOT } from './actor.js';
import { FailureThrottle } from './failure.throttle.js';

/** Global: without a decorator a route is for the operator alone, so a new route is closed by default. */
@Injectable()
export class ManagementGuard implements CanActivate {
  private readonly secret: SecretMatcher;
  /** The requests of the operator that were checked before their body was read. */
  private readonly admitted = new WeakSet<FastifyRequest>();

  constructor(
    config: AppConfig,
    private readonly reflector: Reflector,
    private readonly throttle: FailureThrottle,
  ) {
    this.secret = new SecretMatcher(config.managementToken);
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS_KEY, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'anyone' || access === 'withering-token') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return this.admitted.has(request) || this.assertOperator(request);
  }

  /**
   * Throws unless the request carries the management token. Called before a body is read, so that strangers cost no parsing.
   * The credential is compared before the throttle is asked: failures of others never refuse the right one.
   */
  async assertOperator(request: FastifyRequest): Promise<true> {
    const credential = bearer(request.headers.authorization);
    if (credential && this.secret.matches(credential)) {
      this.admitted.add(request);
      request.actor = ROOT;
      return true;
    }
    if (credential !== undefined) await this.throttle.failed(request.ip);
    throw errors.unauthorized();
  }
}
