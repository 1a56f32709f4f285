import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Changes } from '../changes/changes.js';
import { errors } from '../common/errors/errors.js';
import type { Actor } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { AppConfig } from '../config/app.config.js';
import { OperatorEntity } from '../auth/operator.entity.js';
import { whyEnded } from '../auth/session/session.end.js';
import { SessionEntity } from '../auth/session/session.entity.js';

/** Refuses changes of an operator or a session whose rights another change has taken, while they waited for the lock of changes. */
@Injectable()
export class AuthorCheck implements OnModuleInit {
  constructor(
    private readonly changes: Changes,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    this.changes.checkAuthors(async (author, manager) => this.check(author, manager));
  }

  private async check(author: Actor, manager: EntityManager): Promise<void> {
    if (author.session) await this.checkSession(author.session.id, manager);
    if (author.kind === 'operator') await this.checkOperator(author, manager);
  }

  /** A login is the work of a session that has no row yet. */
  private async checkSession(id: string, manager: EntityManager): Promise<void> {
    const session = await manager.findOneBy(SessionEntity, { id });
    const why = session && whyEnded(session, this.clock.now(), this.config.admin);
    if (why != null) throw errors.sessionEnded(why);
  }

  private async checkOperator({ id, role, projects }: Actor, manager: EntityManager): Promise<void> {
    const row = await manager.findOneBy(OperatorEntity, { id: id!, isActive: true });
    if (!row || (row.expiresAt !== null && row.expiresAt <= this.clock.now())) throw errors.unauthorized();
    const hasSame = row.role === role && isDeepStrictEqual(row.projects && new Set(row.projects), projects ?? null);
    if (!hasSame) throw errors.roleNotAllowed();
  }
}
