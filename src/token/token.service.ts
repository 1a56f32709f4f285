import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type DeepPartial, type EntityManager, Repository } from 'typeorm';
import { changesOf } from '../audit/row/field.changes.js';
import { type Actor, sees } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { expiryOf } from '../common/rest/expiry.js';
import { AppConfig } from '../config/app.config.js';
import { TokenHasher } from '../crypto/token.hasher.js';
import { changedDescription, describedColumns } from '../project/labels/described.columns.js';
import { writeLabels } from '../project/labels/label.table.js';
import { ProjectEntity } from '../project/project.entity.js';
import { ProjectService } from '../project/project.service.js';
import { applyDefaults, assertWithin, defaultLifetime } from '../project/token.bounds.js';
import type { Change } from '../changes/change.js';
import { Changes } from '../changes/changes.js';
import { boundedFieldsOf } from './bounded.fields.js';
import { SHOWN_OF_TOKEN } from './token.audit.js';
import type { CreateToken, UpdateToken } from './token.dto.js';
import type { RevokedTokens } from './token.view.js';
import { TokenEntity } from './token.entity.js';
import { assertOwn, invalidateLive, replacedTokens } from './replacement/replaced.tokens.js';
import { revokedColumns } from './revocation/revoked.columns.js';
import { revokedIds } from './revocation/revoked.ids.js';
import { lockTokens } from './ledger/token.locks.js';
import { maskSecret, newSecret } from './token.secret.js';
import { firstWarnings, warningColumns } from './warnings/warning.stages.js';

const MINUTE_MS = 60_000;

const isLive = ({ isActive, expiresAt }: Pick<TokenEntity, 'isActive' | 'expiresAt'>, nowMs: number): boolean =>
  isActive && expiresAt > nowMs;

const nameColumns = (name: string | null): Pick<TokenEntity, 'name' | 'nameLower'> => ({
  name,
  nameLower: name?.toLowerCase() ?? null,
});

@Injectable()
export class TokenService {
  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly projects: ProjectService,
    private readonly hasher: TokenHasher,
    private readonly changes: Changes,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    projects.onClosing(async (projectId, change) => void (await this.revokeTokensOf(projectId, change)));
  }

  /** The secret is returned and never stored. Throws `above_project_maximum` for what the actor may not give. */
  async create(actor: Actor, body: CreateToken): Promise<{ token: TokenEntity; secret: string }> {
    this.assertExpiry(body);
    const secret = newSecret();
    const projectId = body.project_id.toLowerCase();
    const id = randomUUID();
    // Nothing is invalidated: no replica can have cached a secret that was not given out yet.
    const token = await this.changes.commit(actor, 'token.create', async (change) => {
      // Changes do not overlap: the project cannot be closed between this check and the insert.
      const project = await this.projects.visible(actor, projectId, change.manager);
      if (actor.call) actor.call.projectId = projectId;
      if (!project.isActive) throw errors.projectInactive();
      const fields = applyDefaults(body, project);
      const now = this.clock.now();
      const expiresAt = this.expiry(fields, project, now);
      assertWithin(actor, { ...fields, expiresAt }, project.tokenMaxima, now);
      const columns = this.newColumns(fields, secret);
      const created = this.tokens.create({ id, projectId, ...columns, expiresAt, createdAt: now });
      Object.assign(created, firstWarnings(created, this.config.token.warnAt, now));
      // A copy: TypeORM writes the counts into it as PostgreSQL returns them, as text.
      await change.manager.insert(TokenEntity, { ...created });
      await writeLabels(change, 'token', id, created.labels);
      change.about({ projectId, tokenId: id });
      change.changed(changesOf(undefined, created, SHOWN_OF_TOKEN));
      return created;
    });
    return { token, secret };
  }

  /** Throws `token_not_found`. */
  async get(id: string, manager: EntityManager = this.tokens.manager): Promise<TokenEntity> {
    const token = await manager.findOneBy(TokenEntity, { id });
    if (!token) throw errors.noSuchToken();
    return token;
  }

  /** As `get`; a token of a project that the actor does not see is not found. */
  async visible(actor: Actor, id: string, manager?: EntityManager): Promise<TokenEntity> {
    const token = await this.get(id, manager);
    if (!sees(actor, token.projectId)) throw errors.noSuchToken();
    if (actor.call) actor.call.projectId = token.projectId;
    return token;
  }

  async update(actor: Actor, id: string, body: UpdateToken): Promise<TokenEntity> {
    if (Object.values(body).every((value) => value === undefined)) throw errors.noFields();
    return this.changes.commit(actor, 'token.update', async (change) => {
      const before = await this.visible(actor, id, change.manager);
      const columns = this.updatedColumns(before, body);
      assertOwn(before, body, columns.expiresAt);
      await this.assertChangeWithin(actor, before, change, columns, body);
      Object.assign(columns, warningColumns(before, columns, this.clock.now()), { revision: change.revision });
      await change.manager.update(TokenEntity, { id }, columns);
      if (body.labels !== undefined) await writeLabels(change, 'token', id, body.labels);
      change.invalidateToken(id);
      if (columns.maxRequests !== undefined && columns.maxRequests !== before.maxRequests)
        invalidateLive(change, await replacedTokens(change, id), this.clock.now());
      return this.noteChange(change, before);
    });
  }

  /** Idempotent; the token stays in lists. */
  async revoke(actor: Actor, id: string): Promise<void> {
    await this.changes.commit(actor, 'token.revoke', async (change) => {
      const before = await this.visible(actor, id, change.manager);
      change.about({ projectId: before.projectId, tokenId: id });
      if (!before.isActive) return change.repeated();
      const columns = revokedColumns(change, this.clock.now());
      await change.manager.update(TokenEntity, { id }, columns);
      change.changed(changesOf(before, { ...before, ...columns }, SHOWN_OF_TOKEN));
      change.invalidateToken(id);
    });
  }

  async revokeAll(actor: Actor, projectId: string): Promise<RevokedTokens> {
    return this.changes.commit(actor, 'project.revoke_tokens', async (change) => {
      await this.projects.visible(actor, projectId, change.manager);
      change.about({ projectId });
      change.invalidateProject(projectId);
      return this.revokeTokensOf(projectId, change);
    });
  }

  private async revokeTokensOf(projectId: string, change: Change): Promise<RevokedTokens> {
    const active = { projectId, isActive: true };
    await lockTokens(change.manager, active);
    const total = await change.manager.countBy(TokenEntity, { projectId });
    const { affected = 0 } = await change.manager.update(TokenEntity, active, revokedColumns(change, this.clock.now()));
    const counts = { revoked_count: affected, already_revoked_count: total - affected };
    change.note({ ...counts, ...(affected > 0 && { token_ids: await revokedIds(projectId, change) }) });
    return { ...counts, total_tokens: total };
  }

  /** Returns the changed token, as it is stored. */
  private async noteChange(change: Change, before: TokenEntity): Promise<TokenEntity> {
    const after = await this.get(before.id, change.manager);
    change.about({ projectId: before.projectId, tokenId: before.id });
    change.changed(changesOf(before, after, SHOWN_OF_TOKEN));
    return after;
  }

  /** Judges what the body says; what the token has already stays. A token that has ended is judged as a new one. */
  private async assertChangeWithin(
    actor: Actor,
    before: TokenEntity,
    { manager }: Change,
    columns: Partial<TokenEntity>,
    body: UpdateToken,
  ): Promise<void> {
    if (actor.role === 'admin') return;
    const now = this.clock.now();
    const project = await manager.findOneBy(ProjectEntity, { id: before.projectId });
    const after = { ...before, ...columns };
    const isRevived = !isLive(before, now) && isLive(after, now);
    const fields = isRevived ? { ...boundedFieldsOf(after), expiresAt: after.expiresAt } : body;
    assertWithin(actor, { expiresAt: columns.expiresAt, ...fields }, project?.tokenMaxima ?? null, now);
  }

  private newColumns(body: CreateToken, secret: string): Omit<DeepPartial<TokenEntity>, 'project'> {
    return {
      ...nameColumns(body.name ?? null),
      ...describedColumns(body),
      secretHash: this.hasher.hash(secret),
      secretDisplay: maskSecret(secret),
      isActive: true,
      maxRequests: body.max_requests || null,
      rateLimitPerMinute: body.rate_limit_per_minute ?? null,
      maxConcurrent: body.max_concurrent ?? null,
      allowedModels: body.allowed_models ?? null,
      allowedEndpoints: body.allowed_endpoints ?? null,
      allowedIps: body.allowed_ips ?? null,
      requestCount: 0,
      cacheHitCount: 0,
      lastUsedAt: null,
      deactivatedAt: null,
      accountId: null,
      warnAt: 0,
      warnCount: 0,
    };
  }

  private updatedColumns(before: TokenEntity, body: UpdateToken): Partial<TokenEntity> {
    return {
      ...(body.name === undefined ? {} : nameColumns(body.name)),
      ...changedDescription(body),
      ...(body.max_requests === undefined ? {} : { maxRequests: body.max_requests || null }),
      ...(body.rate_limit_per_minute === undefined ? {} : { rateLimitPerMinute: body.rate_limit_per_minute }),
      ...(body.max_concurrent === undefined ? {} : { maxConcurrent: body.max_concurrent }),
      ...(body.allowed_models === undefined ? {} : { allowedModels: body.allowed_models }),
      ...(body.allowed_endpoints === undefined ? {} : { allowedEndpoints: body.allowed_endpoints }),
      ...(body.allowed_ips === undefined ? {} : { allowedIps: body.allowed_ips }),
      ...(body.expires_at === undefined ? {} : { expiresAt: expiryOf(body.expires_at, this.clock.now()) }),
      ...(body.is_active === undefined
        ? {}
        : {
            isActive: body.is_active,
            deactivatedAt: body.is_active ? null : (before.deactivatedAt ?? this.clock.now()),
          }),
    };
  }

  private assertExpiry({ duration_minutes: minutes, expires_at: at }: CreateToken): void {
    if (at === undefined) return;
    if (minutes !== undefined) throw errors.fieldInvalid('expires_at', 'and duration_minutes exclude each other');
    expiryOf(at, this.clock.now());
  }

  private expiry(
    { duration_minutes: minutes, expires_at: at }: CreateToken,
    { tokenMaxima }: ProjectEntity,
    now: number,
  ): number {
    if (at !== undefined) return expiryOf(at, now);
    const { defaultLifetimeMs } = this.config.token;
    return now + (minutes === undefined ? defaultLifetime(defaultLifetimeMs, tokenMaxima) : minutes * MINUTE_MS);
  }
}
