import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type FindOperator, In, IsNull } from 'typeorm';
import { type Redaction, redactionOf } from '../../audit/row/audit.redaction.js';
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

/** Sessions that a row in the audit log names. */
const MAX_NAMED = 500;

/** A new session, and the secret that only its cookie has. */
export interface SignedIn {
  readonly actor: Actor;
  readonly secret: string;
}

/** Begins and ends sessions. Each change has its row in the audit log. */
@Injectable()
export class SessionService {
  private readonly redact: Redaction;

  constructor(
    private readonly changes: Changes,
    private readonly marks: SessionMarks,
    private readonly lasting: LastingSessions,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {
    this.redact = redactionOf(config.audit.hidden);
  }

  /**
   * A new session for the holder of a bearer credential. `former` are the cookies that the login brought along: their sessions
   * end, so that each login has a secret of its own. Throws `unauthorized` for a call that is made in a session.
   */
  async signIn(actor: Actor, body: SignIn, former: readonly string[]): Promise<SignedIn> {
    if (actor.session) throw errors.unauthorized('Signing in takes a bearer credential.');
    if (body.remember && this.config.admin.rememberMs === 0)
      throw errors.fieldInvalid('remember', 'must be false: ADMIN_REMEMBER_MAX of this server is 0');
    const secret = this.marks.newSecret(actor.isFormer);
    const session = this.newSession(actor, body, secret);
    const author = { ...actor, name: actor.name ?? body.name, session: actorSessionOf(session) };
    await this.changes.commit(author, 'admin.login', async (change) => {
      const replaced = await this.endBySecrets(change, former, 'replaced');
      if (replaced.length > 0) change.note({ replaced });
      await change.manager.insert(SessionEntity, { ...session });
      change.note({ remember: session.remember });
    });
    return { actor: author, secret };
  }

  /** Ends the sessions of the cookies that came along, whatever credential decided. */
  async signOut(actor: Actor, secrets: readonly string[]): Promise<void> {
    await this.changes.commit(actor, 'admin.logout', async (change) => {
      const ended = await this.endBySecrets(change, secrets, 'logout');
      if (ended.length === 0) change.repeated();
      const others = ended.filter((id) => id !== actor.session?.id);
      if (others.length > 0) change.note({ ended: others });
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
      change.note({ except: 'this', ended_count: ids.length, session_ids: ids.slice(0, MAX_NAMED) });
      return ids.length;
    });
  }

  /** False: none of them was there, or all have ended already. */
  private async end(change: Change, id: string | FindOperator<string>, endedBy: EndedBy): Promise<boolean> {
    const ended = { endedAt: this.clock.now(), endedBy };
    const { affected } = await change.manager.update(SessionEntity, { id, endedAt: IsNull() }, ended);
    return (affected ?? 0) > 0;
  }

  /** The ids of those that have ended now. */
  private async endBySecrets(change: Change, secrets: readonly string[], endedBy: EndedBy): Promise<string[]> {
    const ended: string[] = [];
    for (const secret of secrets.filter((text) => this.marks.isOwn(text))) {
      const session = await change.manager.findOneBy(SessionEntity, { secretHash: hashOfSecret(secret) });
      if (session && (await this.end(change, session.id, endedBy))) ended.push(session.id);
    }
    return ended;
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
      userAgent: call?.userAgent === undefined ? null : this.redact(call.userAgent).slice(0, MAX_AGENT),
      endedAt: null,
      endedBy: null,
    };
  }
}
