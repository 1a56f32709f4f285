import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Changes } from '../changes/changes.js';
import { errors } from '../common/errors/errors.js';
import type { Actor } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { OperatorEntity } from '../auth/operator.entity.js';

/** Refuses changes of an operator whose rights another change has taken, while they waited for the lock of changes. */
@Injectable()
export class AuthorCheck implements OnModuleInit {
  constructor(
    private readonly changes: Changes,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.changes.checkAuthors(async (author, manager) => this.check(author, manager));
  }

  private async check({ kind, id, role, projects }: Actor, manager: EntityManager): Promise<void> {
    if (kind !== 'operator') return;
    const row = await manager.findOneBy(OperatorEntity, { id: id!, isActive: true });
    if (!row || (row.expiresAt !== null && row.expiresAt <= this.clock.now())) throw errors.unauthorized();
    const hasSame = row.role === role && isDeepStrictEqual(row.projects && new Set(row.projects), projects ?? null);
    if (!hasSame) throw errors.roleNotAllowed();
  }
}
