import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../common/values/actor.js';
import { errors } from '../common/errors/errors.js';
import { bearer } from '../http/bearer.js';
import { exchangeOf } from '../http/exchange.js';
import { callOf } from '../common/audit/management.call.js';
import { type Access, ACCESS_KEY, MAY } from './access.decorator.js';
import { Credentials } from './credentials.js';
import { FailureThrottle } from './failure.throttle.js';

/** Global: without a decorator a route is for the root credential alone, so a new route is closed by default. */
@Injectable()
export class ManagementGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly credentials: Credentials,
    private readonly throttle: FailureThrottle,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS_KEY, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access?.kind === 'public' || access?.kind === 'withering-token') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { actor } = exchangeOf(request.raw);
    // An operator may have been revoked since its call began: a body may come slowly.
    return actor?.kind === 'management_api' ? admitted(request, access) : this.admit(request, access);
  }

  private async admit(request: FastifyRequest, access: Access | undefined): Promise<boolean> {
    await this.authenticate(request);
    return admitted(request, access);
  }

  /**
   * Throws unless the request carries a credential of the management API. Called before a body is read, so that strangers
   * cost no parsing. The credential is compared with those in memory before the throttle is asked: failures of others never
   * refuse one of them.
   */
  async authenticate(request: FastifyRequest): Promise<void> {
    const credential = bearer(request.headers.authorization);
    const actor = await this.actorOf(credential, request.ip);
    if (!actor) throw errors.unauthorized();
    const call = callOf(request.raw);
    if (call && isAdminUi(actor, request)) call.origin = 'admin-ui';
    exchangeOf(request.raw).actor = call ? { ...actor, origin: call.origin, call } : actor;
  }

  private async actorOf(credential: string | null | undefined, address: string): Promise<Actor | undefined> {
    if (credential === undefined) return undefined;
    const known = credential === null ? undefined : await this.credentials.find(credential);
    if (known) return known;
    if (credential !== null && this.credentials.mayBeStored(credential))
      return this.throttle.lookUp(address, async () => this.credentials.read(credential));
    await this.throttle.failed(address);
    return undefined;
  }
}

/** The web interface of the Go system sends this header, with the root credential. */
const isAdminUi = ({ kind }: Actor, { headers }: FastifyRequest): boolean =>
  kind === 'management_api' && headers['x-admin-origin'] === '1';

function admitted({ raw }: FastifyRequest, access: Access | undefined): boolean {
  assertAllowed(exchangeOf(raw).actor!, access);
  return true;
}

/** Throws `role_not_allowed`. */
export function assertAllowed(actor: Actor, access: Access | undefined): void {
  const isAllowed =
    access?.kind === 'operator'
      ? MAY[actor.role].includes(access.needs) && (access.scope === 'own-projects' || actor.projects === undefined)
      : actor.kind === 'management_api';
  if (!isAllowed) throw errors.roleNotAllowed();
}
