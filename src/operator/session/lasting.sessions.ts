import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Brackets, type EntityManager, Repository, type SelectQueryBuilder } from 'typeorm';
import { OperatorEntity } from '../../auth/operator.entity.js';
import { SessionEntity } from '../../auth/session/session.entity.js';
import { SessionMarks } from '../../auth/session/session.mark.js';
import { type Page, type PageQuery, windowOf } from '../../common/rest/paging.js';
import type { Actor } from '../../common/values/actor.js';
import { Clock } from '../../common/values/clock.js';
import { AppConfig } from '../../config/app.config.js';
import type { ListedSession } from './session.dto.js';
import { listedSession } from './session.view.js';

const IN_USE =
  '((session.remember = :yes AND session.lastSeenAt > :rememberedAfter) OR (session.remember = :no AND session.lastSeenAt > :after))';
const HOLDER_IN_FORCE =
  '(session.operatorId IS NULL OR (operator.isActive = :yes AND (operator.expiresAt IS NULL OR operator.expiresAt > :now)))';

/** An admin sees all sessions, another operator its own. */
export const seesSession = ({ role, id }: Actor, { operatorId }: SessionEntity): boolean =>
  role === 'admin' || (id !== undefined && operatorId === id);

/** The sessions that have not ended. */
@Injectable()
export class LastingSessions {
  constructor(
    @InjectRepository(SessionEntity) private readonly sessions: Repository<SessionEntity>,
    private readonly marks: SessionMarks,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Those that the actor sees, the newest first. */
  async list(actor: Actor, query: PageQuery): Promise<Page<ListedSession>> {
    const { page, size } = windowOf(query);
    const seen = this.seenBy(actor, this.sessions.manager);
    const total = await seen.getCount();
    const { entities, raw } = await seen
      .addSelect('operator.name', 'operator_name')
      .orderBy('session.createdAt', 'DESC')
      .addOrderBy('session.id')
      .offset((page - 1) * size)
      .limit(size)
      .getRawAndEntities<{ operator_name: string | null }>();
    const entries = entities.map((session, i) =>
      listedSession(session, raw[i]!.operator_name ?? undefined, actor.session?.id),
    );
    return { entries, total };
  }

  /** The ids of those that the actor sees. */
  async idsFor(actor: Actor, manager: EntityManager): Promise<string[]> {
    const rows = await this.seenBy(actor, manager).select('session.id', 'id').getRawMany<{ id: string }>();
    return rows.map(({ id }) => id);
  }

  private seenBy(actor: Actor, manager: EntityManager): SelectQueryBuilder<SessionEntity> {
    const { idleMs, rememberIdleMs } = this.config.admin;
    const now = this.clock.now();
    const query = manager
      .createQueryBuilder(SessionEntity, 'session')
      .leftJoin(OperatorEntity, 'operator', 'operator.id = session.operatorId')
      .where('session.endedAt IS NULL AND session.expiresAt > :now', { now })
      .andWhere(IN_USE, { yes: true, no: false, after: now - idleMs, rememberedAfter: now - rememberIdleMs })
      .andWhere(HOLDER_IN_FORCE)
      .andWhere(this.hasMark());
    return actor.role === 'admin' ? query : query.andWhere('session.operatorId = :own', { own: actor.id });
  }

  /** Of a management token that is valid. */
  private hasMark(): Brackets {
    return new Brackets((any) => {
      for (const [i, prefix] of this.marks.prefixes.entries())
        any.orWhere(`session.mark LIKE :mark${i}`, { [`mark${i}`]: `${prefix}%` });
    });
  }
}
