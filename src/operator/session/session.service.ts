import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type FindOperator, In, IsNull } from 'typeorm';
import { actorSessionOf } from '../../auth/session.credential.js';
import { type EndedBy, SessionEntity } from '../../auth/session/session.entity.js';
import { hashOfSecret, SessionMarks } from '../../auth/session/session.mark.js';
import type { Change } from '../../changes/change.js';
import { Changes } from '../../changes/changes.js';
import { errors } from '../../common/errors/errors.js';
import type { Actor } from '../../common/values/actor.js';
import { Clock } from '../../common/values/clock.js';
import { AppConfig } from '../../config/app.config.js';
import { LastingSessions, seesSession } from './lasting.sessions.js';
import type { SignIn } from './session.dto.js';

const MAX_AGENT = 200;
/** Sessions of one statement. */
const AT_ONCE = 500;

/** A new session, and the secret that only its cookie has. */
export interface SignedIn {
  readonly actor: Actor;
  readonly secret: string;
}

/** Begins and ends sessions. Each change has its row in the audit log. */
@Injectable()
export class SessionService {
  constructor(
    private readonly changes: Changes,
    private readonly marks: SessionMarks,
    private readonly lasting: LastingSessions,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * A new session for the holder of a bearer credential. `former` is the cookie that the login brought along: its session
   * ends, so that each login has a secret of its own. Throws `unauthorized` for a call that is made in a session.
   */
  async signIn(actor: Actor, body: SignIn, former: string | undefined): Promise<SignedIn> {
    if (actor.session) throw errors.unauthorized('Signing in takes a bearer credential.');
    if (body.remember && this.config.admin.rememberMs === 0)
      throw errors.fieldInvalid('remember', 'must be false: ADMIN_REMEMBER_MAX of this server is 0');
    const secret = this.marks.newSecret(actor.isFormer);
    const session = this.newSession(actor, body, secret);
    const author = { ...actor, name: actor.name ?? body.name, session: actorSessionOf(session) };
    await this.changes.commit(author, 'admin.login', async (change) => {
      if (former !== undefined && this.marks.isOwn(former)) await this.replace(change, former);
      await change.manager.insert(SessionEntity, { ...session });
      change.note({ remember: session.remember });
    });
    return { actor: author, secret };
  }

  /** Ends the session of this call. A call with a bearer credential ends none. */
  async signOut(actor: Actor): Promise<void> {
    await this.changes.commit(actor, 'admin.logout', async (change) => {
      const { session } = actor;
      if (!session || !(await this.end(change, session.id, 'logout'))) change.repeated();
    });
  }

  /** Idempotent. Throws `session_not_found`, also for a session that the actor does not see. */
  async endOne(actor: Actor, id: string): Promise<void> {
    await this.changes.commit(actor, 'admin.session_end', async (change) => {
      const session = await change.manager.findOneBy(SessionEntity, { id });
      if (!session || !seesSession(actor, session)) throw errors.sessionNotFound();
      change.about({ subjectId: id });
      if (!(await this.end(change, id, 'ended'))) change.repeated();
    });
  }

  /** Ends all sessions that the actor sees, but that of its call. Returns their number. */
  async endOthers(actor: Actor): Promise<number> {
    return this.changes.commit(actor, 'admin.session_end', async (change) => {
      const ids = (await this.lasting.idsFor(actor, change.manager)).filter((id) => id !== actor.session?.id);
      for (let i = 0; i < ids.length; i += AT_ONCE) await this.end(change, In(ids.slice(i, i + AT_ONCE)), 'ended');
      change.note({ except: 'this', ended_count: ids.length });
      return ids.length;
    });
  }

  /** False: none of them was there, or all have ended already. */
  private async end(change: Change, id: string | FindOperator<string>, endedBy: EndedBy): Promise<boolean> {
    const ended = { endedAt: this.clock.now(), endedBy };
    const { affected } = await change.manager.update(SessionEntity, { id, endedAt: IsNull() }, ended);
    return (affected ?? 0) > 0;
  }

  private async replace(change: Change, former: string): Promise<void> {
    const before = await change.manager.findOneBy(SessionEntity, { secretHash: hashOfSecret(former) });
    if (before && (await this.end(change, before.id, 'replaced'))) change.note({ replaced: before.id });
  }

  private newSession(
    { id: operatorId, call, isFormer }: Actor,
    { name, remember = false }: SignIn,
    secret: string,
  ): SessionEntity {
    const { maxMs, rememberMs } = this.config.admin;
    const now = this.clock.now();
    const marked = {
      id: randomUUID(),
      secretHash: hashOfSecret(secret),
      operatorId: operatorId ?? null,
      remember,
      createdAt: now,
      expiresAt: now + (remember ? rememberMs : maxMs),
    };
    return {
      ...marked,
      mark: this.marks.sign(marked, isFormer),
      name: name ?? null,
      lastSeenAt: now,
      clientIp: call?.clientIp ?? '',
      userAgent: call?.userAgent?.slice(0, MAX_AGENT) ?? null,
      endedAt: null,
      endedBy: null,
    };
  }
}
