import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { changesOf } from '../../audit/row/field.changes.js';
import type { Change } from '../../changes/change.js';
import { Changes } from '../../changes/changes.js';
import type { Json } from '../../common/audit/json.js';
import { errors } from '../../common/errors/errors.js';
import type { Actor } from '../../common/values/actor.js';
import { Clock } from '../../common/values/clock.js';
import { MAX_INSTANT } from '../../common/values/limits.js';
import { AppConfig } from '../../config/app.config.js';
import { TokenHasher } from '../../crypto/token.hasher.js';
import { LabelEntity } from '../../project/labels/label.entity.js';
import type { ProjectEntity } from '../../project/project.entity.js';
import { ProjectService } from '../../project/project.service.js';
import { assertWithin, defaultLifetime } from '../../project/token.bounds.js';
import { boundedFieldsOf } from '../bounded.fields.js';
import { SHOWN_OF_TOKEN } from '../token.audit.js';
import { TokenEntity } from '../token.entity.js';
import { lockTokens } from '../ledger/token.locks.js';
import { maskSecret, newSecret } from '../token.secret.js';
import { TokenService } from '../token.service.js';
import { firstWarnings } from '../warnings/warning.stages.js';
import { invalidateLive, replacedTokens } from './replaced.tokens.js';
import type { ReplaceToken } from './replace.dto.js';

const MINUTE_MS = 60_000;

/** Replaces a token: a new one with a new secret beside the old one, which ends after an overlap. */
@Injectable()
export class ReplaceService {
  constructor(
    private readonly tokens: TokenService,
    private readonly projects: ProjectService,
    private readonly hasher: TokenHasher,
    private readonly changes: Changes,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * The row of the new token is the account of both. The rows that counted so far are locked while their count is copied: a
   * take of the old token is in the copy, or fails by the new revision and is judged again. The secret is returned and never
   * stored. Throws `token_not_found`, `token_replaced`, `token_ended`, `project_inactive` or
   * `above_project_maximum`.
   */
  async replace(actor: Actor, id: string, body: ReplaceToken): Promise<{ token: TokenEntity; secret: string }> {
    const secret = newSecret();
    const token = await this.changes.commit(actor, 'token.replace', async (change) => {
      const { projectId } = await this.tokens.visible(actor, id, change.manager);
      const replaced = await replacedTokens(change, id);
      const ids = replaced.map((one) => one.id);
      await lockTokens(change.manager, { id: In([id, ...ids]) });
      const old = await this.tokens.get(id, change.manager);
      this.assertReplaceable(old);
      const project = await this.projects.visible(actor, projectId, change.manager);
      if (!project.isActive) throw errors.projectInactive();
      const successor = this.successorOf(old, project, secret, body);
      assertWithin(
        actor,
        { ...boundedFieldsOf(successor), ...body, expiresAt: successor.expiresAt },
        project.tokenMaxima,
        successor.createdAt,
      );
      // A copy: TypeORM writes the counts into it as PostgreSQL returns them, as text.
      await change.manager.insert(TokenEntity, { ...successor });
      await copyLabels(change, id, successor.id);
      invalidateLive(change, replaced, this.clock.now());
      await change.manager.update(TokenEntity, { id: In(ids) }, { accountId: successor.id, revision: change.revision });
      await this.end(old, successor, body.overlap_minutes, change);
      return successor;
    });
    return { token, secret };
  }

  private assertReplaceable({ replacedBy, isActive, expiresAt }: TokenEntity): void {
    if (replacedBy !== null) throw errors.tokenReplaced(replacedBy);
    if (!isActive || expiresAt <= this.clock.now()) throw errors.tokenEnded();
  }

  private successorOf(
    old: TokenEntity,
    { tokenMaxima }: ProjectEntity,
    secret: string,
    { duration_minutes: minutes }: ReplaceToken,
  ): TokenEntity {
    const now = this.clock.now();
    const before = Math.max(MINUTE_MS, old.expiresAt - old.createdAt);
    const lifetimeMs = minutes === undefined ? defaultLifetime(before, tokenMaxima) : minutes * MINUTE_MS;
    const successor = {
      ...old,
      id: randomUUID(),
      secretHash: this.hasher.hash(secret),
      secretDisplay: maskSecret(secret),
      expiresAt: Math.min(MAX_INSTANT, now + lifetimeMs),
      createdAt: now,
      lastUsedAt: null,
      deactivatedAt: null,
      cacheHitCount: 0,
      lastGrant: 0,
      revision: 0,
      replaces: old.id,
      replacedBy: null,
      accountId: null,
      warnAt: 0,
    };
    return { ...successor, ...firstWarnings(successor, this.config.token.warnAt, now) };
  }

  /** The old token lives on for the overlap, and counts on the row of the new one. */
  private async end(old: TokenEntity, successor: TokenEntity, overlapMinutes: number, change: Change): Promise<void> {
    const { revision } = change;
    const { id: accountId } = successor;
    const now = this.clock.now();
    const expiresAt = Math.min(old.expiresAt, now + overlapMinutes * MINUTE_MS);
    const columns = { accountId, revision, replacedBy: accountId, expiresAt };
    await change.manager.update(TokenEntity, { id: old.id }, columns);
    change.invalidateToken(old.id);
    change.invalidateToken(accountId);
    change.about({ projectId: old.projectId, tokenId: old.id });
    change.changed(changesOf(old, { ...old, ...columns }, SHOWN_OF_TOKEN));
    change.note(successorNote(old, successor));
  }
}

/** What the new token has otherwise than the old one: `successor` has its values. */
function successorNote(old: TokenEntity, successor: TokenEntity): Record<string, Json> {
  const differing = Object.entries(changesOf(old, successor, SHOWN_OF_TOKEN)).map(([name, { to }]) => [name, to]);
  return { successor_id: successor.id, successor: Object.fromEntries(differing) as Json };
}

async function copyLabels(change: Change, from: string, to: string): Promise<void> {
  const labels = await change.manager.findBy(LabelEntity, {
    subject: 'token',
    subjectId: from,
  });
  if (labels.length > 0)
    await change.manager.insert(
      LabelEntity,
      labels.map((label) => ({ ...label, subjectId: to })),
    );
}
