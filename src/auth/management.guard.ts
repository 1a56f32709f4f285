import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { bearer } from '../http/bearer.js';
import { exchangeOf } from '../http/exchange.js';
import { callOf } from '../common/audit/management.call.js';
import { type Access, ACCESS_KEY, FRESH_KEY, MAY, type NeedsFresh } from './access.decorator.js';
import { Credentials } from './credentials.js';
import { FailureThrottle } from './failure.throttle.js';
import { FRESH_MS } from './session/session.end.js';
import { SessionCredential } from './session.credential.js';

/** Global: without a decorator a route is for the root credential alone, so a new route is closed by default. */
@Injectable()
export class ManagementGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly credentials: Credentials,
    private readonly throttle: FailureThrottle,
    private readonly sessions: SessionCredential,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS_KEY, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access?.kind === 'public' || access?.kind === 'withering-token') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const needsFresh = this.reflector.get<NeedsFresh | undefined>(FRESH_KEY, context.getHandler());
    return this.isJudgedAgain(request)
      ? this.admit(request, access, needsFresh)
      : this.admitted(request, access, needsFresh);
  }

  /** An operator may have been revoked since its call began, or a session ended: a body may come slowly. */
  private isJudgedAgain({ raw, body }: FastifyRequest): boolean {
    const { actor } = exchangeOf(raw);
    return actor?.session ? body !== undefined : actor?.kind !== 'management_api';
  }

  private async admit(request: FastifyRequest, access: Access | undefined, fresh?: NeedsFresh): Promise<boolean> {
    await this.authenticate(request);
    return this.admitted(request, access, fresh);
  }

  private admitted(
    { raw, body, params }: FastifyRequest,
    access: Access | undefined,
    needsFresh?: NeedsFresh,
  ): boolean {
    const actor = exchangeOf(raw).actor!;
    assertAllowed(actor, access);
    const { session } = actor;
    if (session && this.clock.now() - session.createdAt > FRESH_MS)
      if (needsFresh?.({ body, params, sessionId: session.id })) throw errors.confirmationRequired();
    return true;
  }

  /**
   * Throws unless the request carries a credential of the management API. Called before a body is read, so that strangers
   * cost no parsing. The credential is compared with those in memory before the throttle is asked: failures of others never
   * refuse one of them. The cookie of a session is looked at in calls without `Authorization` only, and its failures are not
   * counted: a secret of 224 random bits is not guessed, and a tab with an ended session must not lock its holder out.
   */
  async authenticate(request: FastifyRequest): Promise<void> {
    if (request.headers.authorization !== undefined) return this.authenticateBearer(request);
    const actor = await this.sessions.actorOf(request);
    if (!actor) return this.authenticateBearer(request);
    const call = callOf(request.raw);
    if (call) call.origin = 'admin-ui';
    authored(request, actor);
  }

  /** As `authenticate`, without sessions: what is in memory needs no database. */
  async authenticateBearer(request: FastifyRequest): Promise<void> {
    const actor = await this.actorOf(bearer(request.headers.authorization), request.ip);
    if (!actor) throw errors.unauthorized();
    const call = callOf(request.raw);
    if (call && isAdminUi(actor, request)) call.origin = 'admin-ui';
    authored(request, actor);
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

function authored({ raw }: FastifyRequest, actor: Actor): void {
  const call = callOf(raw);
  exchangeOf(raw).actor = call ? { ...actor, origin: call.origin, call } : actor;
}

/** Throws `role_not_allowed`. */
export function assertAllowed(actor: Actor, access: Access | undefined): void {
  const isAllowed =
    access?.kind === 'operator'
      ? MAY[actor.role].includes(access.needs) && (access.scope === 'own-projects' || actor.projects === undefined)
      : actor.kind === 'management_api';
  if (!isAllowed) throw errors.roleNotAllowed();
}
