import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { type Actor, sees } from '../../common/values/actor.js';
import { Clock } from '../../common/values/clock.js';
import type { Change } from '../../changes/change.js';
import { Changes } from '../../changes/changes.js';
import { TokenEntity } from '../token.entity.js';
import { lockTokens } from '../ledger/token.locks.js';
import { revokedColumns } from './revoked.columns.js';
import type { RevokedByIds } from './revoke.dto.js';

/** The project that all tokens are of. */
function projectOf(tokens: readonly TokenEntity[]): { projectId?: string } {
  const [projectId, ...more] = new Set(tokens.map((token) => token.projectId));
  return projectId === undefined || more.length > 0 ? {} : { projectId };
}

/** Revokes many tokens in one transaction. */
@Injectable()
export class RevokeService {
  constructor(
    private readonly changes: Changes,
    private readonly clock: Clock,
  ) {}

  /** Tokens of projects that the actor does not see are not found. Idempotent. */
  async revoke(actor: Actor, given: readonly string[]): Promise<RevokedByIds> {
    const ids = given.map((id) => id.toLowerCase());
    return this.changes.commit(actor, 'token.revoke', async (change) => {
      await lockTokens(change.manager, { id: In(ids) });
      const found = await change.manager.findBy(TokenEntity, { id: In(ids) });
      const tokens = new Map(found.filter(({ projectId }) => sees(actor, projectId)).map((token) => [token.id, token]));
      const active = [...tokens.values()].filter(({ isActive }) => isActive).map(({ id }) => id);
      await this.revokeActive(active, change);
      const counts = { revoked_count: active.length, already_revoked_count: tokens.size - active.length };
      const notFound = ids.filter((id) => !tokens.has(id));
      change.about(projectOf([...tokens.values()]));
      change.note({ ...counts, not_found_count: notFound.length, token_ids: active });
      return { ...counts, not_found: notFound };
    });
  }

  private async revokeActive(ids: readonly string[], change: Change): Promise<void> {
    if (ids.length === 0) return;
    await change.manager.update(TokenEntity, { id: In([...ids]) }, revokedColumns(change, this.clock.now()));
    for (const id of ids) change.invalidateToken(id);
  }
}
