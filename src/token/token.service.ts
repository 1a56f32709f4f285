import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type FindOptionsWhere, MoreThan, Repository } from 'typeorm';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { type Page, windowOf } from '../common/rest/paging.js';
import { AppConfig } from '../config/app.config.js';
import { TokenHasher } from '../crypto/token.hasher.js';
import { ProjectClosing } from '../changes/domain.events.js';
import { ProjectService } from '../project/project.service.js';
import type { Change } from '../changes/change.js';
import { ChangeLog } from '../changes/change.log.js';
import type { CreateToken, RevokedTokens, TokenQuery, UpdateToken } from './token.dto.js';
import { TokenEntity } from './token.entity.js';
import { lockTokens } from './token.locks.js';
import { maskSecret, newSecret } from './token.secret.js';

const MINUTE_MS = 60_000;
const MAX_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const expiryFault = (message: string) => errors.validationFailed([{ field: 'expires_at', message }]);

/** `2027-02-30` parses, as the second of March: an operator who typed it meant something else. */
const isCalendarDay = (text: string): boolean =>
  new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() === Number(text.slice(8, 10));

@Injectable()
export class TokenService {
  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly projects: ProjectService,
    private readonly hasher: TokenHasher,
    private readonly changeLog: ChangeLog,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  async list(query: TokenQuery): Promise<Page<TokenEntity>> {
    const { page, size } = windowOf(query);
    const projectId = (query.projectId ?? query.project_id)?.toLowerCase();
    const where: FindOptionsWhere<TokenEntity> = projectId === undefined ? {} : { projectId };
    if (query.activeOnly ?? query.active_only)
      Object.assign(where, { isActive: true, expiresAt: MoreThan(this.clock.now()) });
    const [entries, total] = await this.tokens.findAndCount({
      where,
      order: { createdAt: 'DESC', id: 'DESC' },
      skip: (page - 1) * size,
      take: size,
    });
    return { entries, total };
  }

  /** The secret is in the answer and nowhere else. */
  async create(body: CreateToken): Promise<{ token: TokenEntity; secret: string }> {
    const expiresAt = this.expiry(body);
    const secret = newSecret();
    const token = this.tokens.create({
      id: randomUUID(),
      projectId: body.project_id.toLowerCase(),
      name: body.name ?? null,
      secretHash: this.hasher.hash(secret),
      secretDisplay: maskSecret(secret),
      isActive: true,
      expiresAt,
      maxRequests: body.max_requests || null,
      rateLimitPerMinute: body.rate_limit_per_minute ?? null,
      maxConcurrent: body.max_concurrent ?? null,
      allowedModels: body.allowed_models ?? null,
      allowedEndpoints: body.allowed_endpoints ?? null,
      allowedIps: body.allowed_ips ?? null,
      requestCount: 0,
      cacheHitCount: 0,
      createdAt: this.clock.now(),
      lastUsedAt: null,
      deactivatedAt: null,
    });
    await this.tokens.manager.transaction(async (manager) => {
      // One that is being closed at this moment would close without this token.
      const project = await this.projects.hold(token.projectId, manager);
      if (!project.isActive) throw errors.projectInactive();
      // A copy: PostgreSQL's counts would be written into it as they come, as text.
      await manager.insert(TokenEntity, { ...token });
    });
    return { token, secret };
  }

  /** Throws `token_not_found`. */
  async get(id: string, manager: EntityManager = this.tokens.manager): Promise<TokenEntity> {
    const token = await manager.findOneBy(TokenEntity, { id });
    if (!token) throw errors.noSuchToken();
    return token;
  }

  async update(id: string, body: UpdateToken): Promise<TokenEntity> {
    if (Object.values(body).every((value) => value === undefined)) throw errors.noFields();
    return this.changeLog.transaction(async (change) => {
      const before = await this.get(id, change.manager);
      const changes = { ...this.changes(before, body), revision: change.revision };
      await change.manager.update(TokenEntity, { id }, changes);
      change.token(id);
      return this.get(id, change.manager);
    });
  }

  /** Idempotent; the token stays in lists. */
  async revoke(id: string): Promise<void> {
    await this.changeLog.transaction(async (change) => {
      const before = await this.get(id, change.manager);
      if (!before.isActive) return;
      await change.manager.update(TokenEntity, { id }, this.revoked(change.revision));
      change.token(id);
    });
  }

  async revokeAll(projectId: string): Promise<RevokedTokens> {
    return this.changeLog.transaction(async (change) => {
      await this.projects.get(projectId, change.manager);
      change.project(projectId);
      return this.revokeTokensOf(projectId, change);
    });
  }

  @OnEvent(ProjectClosing.topic, { suppressErrors: false })
  async onProjectClosing({ projectId, manager, revision }: ProjectClosing): Promise<void> {
    await this.revokeTokensOf(projectId, { manager, revision });
  }

  private async revokeTokensOf(
    projectId: string,
    { manager, revision }: Pick<Change, 'manager' | 'revision'>,
  ): Promise<RevokedTokens> {
    const theirs = { projectId, isActive: true };
    await lockTokens(manager, theirs);
    const total = await manager.countBy(TokenEntity, { projectId });
    const active = await manager.countBy(TokenEntity, theirs);
    await manager.update(TokenEntity, theirs, this.revoked(revision));
    return { revoked_count: active, already_revoked_count: total - active, total_tokens: total };
  }

  private revoked(revision: number): Partial<TokenEntity> {
    return { isActive: false, deactivatedAt: this.clock.now(), revision };
  }

  private changes(before: TokenEntity, body: UpdateToken): Partial<TokenEntity> {
    return {
      ...(body.name === undefined ? {} : { name: body.name }),
      ...(body.max_requests === undefined ? {} : { maxRequests: body.max_requests || null }),
      ...(body.rate_limit_per_minute === undefined ? {} : { rateLimitPerMinute: body.rate_limit_per_minute }),
      ...(body.max_concurrent === undefined ? {} : { maxConcurrent: body.max_concurrent }),
      ...(body.allowed_models === undefined ? {} : { allowedModels: body.allowed_models }),
      ...(body.allowed_endpoints === undefined ? {} : { allowedEndpoints: body.allowed_endpoints }),
      ...(body.allowed_ips === undefined ? {} : { allowedIps: body.allowed_ips }),
      ...(body.expires_at === undefined ? {} : { expiresAt: this.instant(body.expires_at) }),
      ...(body.is_active === undefined
        ? {}
        : {
            isActive: body.is_active,
            deactivatedAt: body.is_active ? null : (before.deactivatedAt ?? this.clock.now()),
          }),
    };
  }

  private expiry({ duration_minutes: minutes, expires_at: at }: CreateToken): number {
    if (minutes !== undefined && at !== undefined)
      throw expiryFault('expires_at and duration_minutes exclude each other');
    if (at !== undefined) return this.instant(at);
    return this.clock.now() + (minutes === undefined ? this.config.token.defaultLifetimeMs : minutes * MINUTE_MS);
  }

  private instant(text: string): number {
    const ms = Date.parse(text);
    if (Number.isNaN(ms) || ms > MAX_INSTANT || !isCalendarDay(text))
      throw expiryFault('expires_at is no date of the calendar');
    if (ms <= this.clock.now()) throw expiryFault('expires_at must be in the future');
    return ms;
  }
}
