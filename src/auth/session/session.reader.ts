import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { And, In, IsNull, LessThan, MoreThan, Repository } from 'typeorm';
import { Clock } from '../../common/values/clock.js';
import { AppConfig } from '../../config/app.config.js';
import { idleMsOf, whyEnded } from './session.end.js';
import { SessionEntity } from './session.entity.js';
import { hashOfSecret, SessionMarks } from './session.mark.js';

/** The time of the last call is written this often at most. */
const SEEN_EVERY_MS = 60_000;

/** Of another management token or another server, or its row was changed. */
const NOT_VALID = 'it is not valid with the management token of this server';

/** Reads sessions from the database, for each call anew: what one replica ends has ended on all. */
@Injectable()
export class SessionReader {
  constructor(
    @InjectRepository(SessionEntity) private readonly sessions: Repository<SessionEntity>,
    private readonly marks: SessionMarks,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** The session of a cookie, or why there is none. What was never a cookie of this server costs no query. */
  async read(secret: string): Promise<SessionEntity | string> {
    if (!this.marks.isOwn(secret)) return NOT_VALID;
    const session = await this.sessions.findOneBy({ secretHash: hashOfSecret(secret) });
    return session ? (this.whyEnded(session) ?? session) : 'it is not in the list of sessions';
  }

  /** Those of these sessions that have not ended. */
  async open(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.sessions.findBy({ id: In([...ids]) });
    return new Set(rows.filter((row) => this.whyEnded(row) === undefined).map(({ id }) => id));
  }

  /** Writes the time of a call, unless that was done a moment ago. */
  async seen(session: SessionEntity): Promise<void> {
    const now = this.clock.now();
    const idleMs = idleMsOf(session, this.config.admin);
    if (now - session.lastSeenAt < Math.min(SEEN_EVERY_MS, idleMs / 4)) return;
    // A late write moves no time back, and brings no session back that has ended.
    const lasting = { endedAt: IsNull(), expiresAt: MoreThan(now) };
    const lastSeenAt = And(LessThan(now), MoreThan(now - idleMs));
    await this.sessions.update({ id: session.id, lastSeenAt, ...lasting }, { lastSeenAt: now });
  }

  private whyEnded(session: SessionEntity): string | undefined {
    if (!this.marks.isRight(session)) return NOT_VALID;
    return whyEnded(session, this.clock.now(), this.config.admin);
  }
}
