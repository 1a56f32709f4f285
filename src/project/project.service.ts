import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, Repository } from 'typeorm';
import { Clock } from '../common/values/clock.js';
import { mask } from '../common/values/mask.js';
import { errors } from '../common/errors/errors.js';
import { type Page, windowOf } from '../common/rest/paging.js';
import { dialectOf } from '../database/dialect/dialect.js';
import { isUniqueViolation } from '../database/dialect/database.error.js';
import { ProjectClosing } from '../changes/domain.events.js';
import type { Change } from '../changes/change.js';
import { ChangeLog } from '../changes/change.log.js';
import type { CreateProject, ProjectQuery, UpdateProject } from './project.dto.js';
import { ProjectEntity } from './project.entity.js';
import { UpstreamKey } from './upstream.key.js';

@Injectable()
export class ProjectService {
  constructor(
    @InjectRepository(ProjectEntity) private readonly projects: Repository<ProjectEntity>,
    private readonly key: UpstreamKey,
    private readonly events: EventEmitter2,
    private readonly changeLog: ChangeLog,
    private readonly clock: Clock,
  ) {}

  async list(query: ProjectQuery): Promise<Page<ProjectEntity>> {
    const { page, size } = windowOf(query);
    const includeDeleted = query.includeDeleted ?? query.include_deleted ?? false;
    const [entries, total] = await this.projects.findAndCount({
      where: includeDeleted ? {} : { deletedAt: IsNull() },
      order: { name: 'ASC', id: 'ASC' },
      skip: (page - 1) * size,
      take: size,
    });
    return { entries, total };
  }

  async create(body: CreateProject): Promise<ProjectEntity> {
    const id = randomUUID();
    const now = this.clock.now();
    const project = this.projects.create({
      id,
      name: body.name,
      nameKey: body.name,
      ...this.keyColumns(id, body.api_key),
      baseUrl: this.key.checkedBase(body.base_url ?? null),
      provider: this.key.checkedProvider(body.provider ?? null),
      isActive: true,
      createdAt: now,
      updatedAt: now,
    });
    await this.unique(this.projects.insert(project));
    return project;
  }

  /** Throws `project_not_found`; a deleted project is not found. */
  async get(id: string, manager: EntityManager = this.projects.manager): Promise<ProjectEntity> {
    const project = await manager.findOneBy(ProjectEntity, { id, deletedAt: IsNull() });
    if (!project) throw errors.projectNotFound();
    return project;
  }

  /** As `get`; until the transaction ends, the project stays as it is. A transaction of SQLite has the whole file. */
  async hold(id: string, manager: EntityManager): Promise<ProjectEntity> {
    const lock = dialectOf(manager.dataSource) === 'sqlite' ? {} : { lock: { mode: 'pessimistic_read' as const } };
    const project = await manager.findOne(ProjectEntity, { where: { id, deletedAt: IsNull() }, ...lock });
    if (!project) throw errors.projectNotFound();
    return project;
  }

  async update(id: string, body: UpdateProject): Promise<ProjectEntity> {
    if (Object.values(body).every((value) => value === undefined)) throw errors.noFields();
    if (body.revoke_tokens && body.is_active !== false)
      throw errors.validationFailed([{ field: 'revoke_tokens', message: 'revoke_tokens requires is_active=false' }]);
    return this.changeLog.transaction(async (change) => {
      const before = await this.get(id, change.manager);
      const changes = { ...this.changes(before, body), revision: change.revision };
      await this.unique(change.manager.update(ProjectEntity, { id }, changes));
      if (body.revoke_tokens) await this.closeTokens(id, change);
      change.project(id);
      return this.get(id, change.manager);
    });
  }

  /** Closes the project for good: tokens revoked, the upstream key destroyed. Doing it twice is the same as once. */
  async remove(id: string): Promise<void> {
    await this.changeLog.transaction(async (change) => {
      const project = await change.manager.findOneBy(ProjectEntity, { id });
      if (!project) throw errors.projectNotFound();
      if (project.deletedAt !== null) return;
      const now = this.clock.now();
      const gone = {
        apiKey: null,
        nameKey: null,
        isActive: false,
        revision: change.revision,
        deletedAt: now,
        updatedAt: now,
        deactivatedAt: project.deactivatedAt ?? now,
      };
      await change.manager.update(ProjectEntity, { id }, gone);
      await this.closeTokens(id, change);
      change.project(id);
    });
  }

  private async closeTokens(id: string, { manager, revision }: Change): Promise<void> {
    await this.events.emitAsync(ProjectClosing.topic, new ProjectClosing(id, manager, revision));
  }

  private changes(before: ProjectEntity, body: UpdateProject): Partial<ProjectEntity> {
    const now = this.clock.now();
    return {
      updatedAt: now,
      ...(body.name === undefined ? {} : { name: body.name, nameKey: body.name }),
      ...(body.api_key === undefined ? {} : this.keyColumns(before.id, body.api_key)),
      ...(body.base_url === undefined ? {} : { baseUrl: this.key.checkedBase(body.base_url) }),
      ...(body.provider === undefined ? {} : { provider: this.key.checkedProvider(body.provider) }),
      ...(body.is_active === undefined
        ? {}
        : { isActive: body.is_active, deactivatedAt: body.is_active ? null : (before.deactivatedAt ?? now) }),
    };
  }

  private keyColumns(id: string, apiKey: string): Pick<ProjectEntity, 'apiKey' | 'apiKeyDisplay'> {
    return { apiKey: this.key.seal(id, apiKey), apiKeyDisplay: mask(apiKey) };
  }

  private async unique<T>(write: Promise<T>): Promise<T> {
    return write.catch((error: unknown) => {
      throw isUniqueViolation(error) ? errors.projectExists() : error;
    });
  }
}
