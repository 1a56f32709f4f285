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

/** Global: a route without an access decorator admits only the operator, so that a new route is closed by default. */
@Injectable()
export class ManagementGuard implements CanActivate {
  private readonly secret: SecretMatcher;

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
    return (
      access === 'anyone' ||
      access === 'withering-token' ||
      this.isOperator(context.switchToHttp().getRequest<FastifyRequest>())
    );
  }

  /** Throws unless the request carries the management token. Also called before a body is read: refused bodies are never parsed. */
  async isOperator(request: FastifyRequest): Promise<boolean> {
    this.throttle.assertMayTry(request.ip);
    const credential = bearer(request.headers.authorization);
    if (credential && this.secret.matches(credential)) {
      this.throttle.succeeded(request.ip);
      request.actor = ROOT;
      return true;
    }
    if (credential !== undefined) await this.throttle.failed(request.ip);
    throw errors.unauthorized();
  }
}
