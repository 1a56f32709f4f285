import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { errors } from '../common/errors/errors.js';
import { type Actor, type ActorSession, ROOT } from '../common/values/actor.js';
import { AppConfig } from '../config/app.config.js';
import { exchangeOf } from '../http/exchange.js';
import { OperatorDirectory } from './operator.directory.js';
import { crossSiteProblem } from './session/same.origin.js';
import { sessionSecrets } from './session/session.cookie.js';
import type { SessionEntity } from './session/session.entity.js';
import { SessionReader } from './session/session.reader.js';

/** Of a call that a page makes by itself: it is no sign that somebody is there. */
const BACKGROUND_HEADER = 'x-llm-proxy-background';

/** The cookie of a session, in place of a bearer credential. */
@Injectable()
export class SessionCredential {
  constructor(
    private readonly sessions: SessionReader,
    private readonly operators: OperatorDirectory,
    private readonly config: AppConfig,
  ) {}

  /**
   * Undefined without a cookie. Throws `session_ended` and `cross_site_request`. Neither takes the cookie away: a later login
   * may have set another one meanwhile. What its operator may do is looked up at each call.
   */
  async actorOf(request: FastifyRequest): Promise<Actor | undefined> {
    const [secret] = this.config.admin.enabled ? sessionSecrets(request.headers.cookie) : [];
    if (secret === undefined) return undefined;
    const problem = crossSiteProblem(request);
    if (problem !== undefined) throw errors.crossSiteRequest(problem);
    const session = await this.sessions.read(secret);
    if (typeof session === 'string') throw errors.sessionEnded(session);
    const holder = await this.holderOf(session);
    if (!holder) throw errors.sessionEnded('its operator is revoked or has expired');
    this.noteUse(request, session);
    return { ...holder, name: holder.name ?? session.name ?? undefined, session: actorSessionOf(session) };
  }

  private async holderOf({ operatorId }: SessionEntity): Promise<Actor | undefined> {
    return operatorId === null ? ROOT : this.operators.findById(operatorId);
  }

  /** After the response: no call waits for it, and none fails of it. Polls and event streams are no use, whatever ends them. */
  private noteUse({ raw, headers }: FastifyRequest, session: SessionEntity): void {
    if (headers[BACKGROUND_HEADER] !== undefined || headers.accept?.includes('text/event-stream')) return;
    const exchange = exchangeOf(raw);
    exchange.response?.once('close', () => {
      if (!exchange.isStream) void this.sessions.seen(session).catch(() => undefined);
    });
  }
}

/** What a call carries of its session. */
export const actorSessionOf = ({ id, name, createdAt, expiresAt, remember }: SessionEntity): ActorSession => ({
  id,
  name: name ?? undefined,
  createdAt,
  expiresAt,
  remember,
});
