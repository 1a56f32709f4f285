import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, Repository } from 'typeorm';
import { changesOf } from '../audit/row/field.changes.js';
import { type Actor, sees } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { mask } from '../common/values/mask.js';
import { errors } from '../common/errors/errors.js';
import { type Page, windowOf } from '../common/rest/paging.js';
import { isUniqueViolation } from '../database/dialect/driver.code.js';
import type { Change } from '../changes/change.js';
import { Changes } from '../changes/changes.js';
import { searchProjects } from './listing/project.search.js';
import type { CreateProject, ProjectQuery, UpdateProject } from './project.dto.js';
import { changedDescription, describedColumns } from './labels/described.columns.js';
import { labelCondition, writeLabels } from './labels/label.table.js';
import { SHOWN_OF_PROJECT } from './project.audit.js';
import { ProjectEntity } from './project.entity.js';
import { limitColumns } from './project.limits.dto.js';
import { boundsColumns } from './token.bounds.rules.js';
import { UpstreamKey } from './upstream.key.js';

/** Writes what has to be closed together with a project. It throws to roll the change back. */
export type ClosingListener = (projectId: string, change: Change) => Promise<void>;

/** What lists of tokens show of a project. */
export interface ProjectState {
  readonly name: string;
  readonly isOpen: boolean;
}

/** Another key may have the same display form. */
function noteKey(change: Change, before: ProjectEntity, after: ProjectEntity): void {
  change.changed({ api_key: { from: before.apiKeyDisplay, to: after.apiKeyDisplay } });
  change.note({ api_key_replaced: true });
}

@Injectable()
export class ProjectService {
  private readonly closingListeners: ClosingListener[] = [];

  constructor(
    @InjectRepository(ProjectEntity) private readonly projects: Repository<ProjectEntity>,
    private readonly key: UpstreamKey,
    private readonly changes: Changes,
    private readonly clock: Clock,
  ) {}

  /** Listeners run one after the other, in the order of their registration, within the change that closes a project. */
  onClosing(listener: ClosingListener): void {
    this.closingListeners.push(listener);
  }

  /** The projects that exist for the actor. */
  async list({ projects }: Actor, query: ProjectQuery): Promise<Page<ProjectEntity>> {
    const { page, size } = windowOf(query);
    const includeDeleted = query.includeDeleted ?? query.include_deleted;
    if (includeDeleted && query.status) throw errors.fieldInvalid('includeDeleted', 'and status exclude each other');
    const found = this.projects.createQueryBuilder('project').where({
      ...(includeDeleted || query.status === 'deleted' ? {} : { deletedAt: IsNull() }),
      ...(projects ? { id: In([...projects]) } : {}),
      ...(query.owner === undefined ? {} : { owner: query.owner }),
    });
    for (const [i, label] of (query.label ?? []).entries()) {
      const { sql, parameters } = labelCondition('project', 'project.id', label, `label${i}`);
      found.andWhere(sql, parameters);
    }
    searchProjects(found, query);
    const [entries, total] = await found
      .skip((page - 1) * size)
      .take(size)
      .getManyAndCount();
    return { entries, total };
  }

  async create(actor: Actor, body: CreateProject): Promise<ProjectEntity> {
    const id = randomUUID();
    const now = this.clock.now();
    const project = this.projects.create({
      id,
      name: body.name,
      nameKey: body.name,
      ...this.keyColumns(id, body.api_key),
      baseUrl: this.key.checkedBase(body.base_url ?? null),
      provider: this.key.checkedProvider(body.provider ?? null),
      ...describedColumns(body),
      ...boundsColumns(body),
      isActive: true,
      ...limitColumns(body),
      createdAt: now,
      updatedAt: now,
      deactivatedAt: null,
      deletedAt: null,
    });
    // Nothing is invalidated: no replica can have cached a project that has no token yet.
    return this.changes.commit(actor, 'project.create', async (change) => {
      // A copy: TypeORM writes columns into it as PostgreSQL returns them, as text.
      await this.unique(change.manager.insert(ProjectEntity, { ...project }));
      await writeLabels(change, 'project', id, project.labels);
      // As it is stored, with the defaults of the columns.
      const created = await this.get(id, change.manager);
      change.about({ projectId: id });
      change.changed(changesOf(undefined, created, SHOWN_OF_PROJECT));
      return created;
    });
  }

  /** Throws `project_not_found`; a deleted project is not found. */
  async get(id: string, manager: EntityManager = this.projects.manager): Promise<ProjectEntity> {
    const project = await manager.findOneBy(ProjectEntity, { id, deletedAt: IsNull() });
    if (!project) throw errors.projectNotFound();
    return project;
  }

  /** The names of projects, deleted ones too, and whether requests may use them. */
  async states(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, ProjectState>> {
    if (ids.size === 0) return new Map();
    const found = await this.projects.find({
      select: { id: true, name: true, isActive: true, deletedAt: true },
      where: { id: In([...ids]) },
    });
    return new Map(
      found.map(({ id, name, isActive, deletedAt }) => [id, { name, isOpen: isActive && deletedAt === null }]),
    );
  }

  /** As `get`; a project that the actor does not see is not found. */
  async visible(actor: Actor, id: string, manager?: EntityManager): Promise<ProjectEntity> {
    const project = await this.get(id, manager);
    if (!sees(actor, project.id)) throw errors.projectNotFound();
    return project;
  }

  async update(actor: Actor, id: string, body: UpdateProject): Promise<ProjectEntity> {
    if (Object.values(body).every((value) => value === undefined)) throw errors.noFields();
    if (body.revoke_tokens && body.is_active !== false)
      throw errors.fieldInvalid('revoke_tokens', 'requires is_active=false');
    return this.changes.commit(actor, 'project.update', async (change) => {
      const before = await this.visible(actor, id, change.manager);
      const columns = { ...this.updatedColumns(before, body), revision: change.revision };
      await this.unique(change.manager.update(ProjectEntity, { id }, columns));
      if (body.labels !== undefined) await writeLabels(change, 'project', id, body.labels);
      if (body.revoke_tokens) await this.close(id, change);
      change.invalidateProject(id);
      const after = await this.get(id, change.manager);
      change.about({ projectId: id });
      change.changed(changesOf(before, after, SHOWN_OF_PROJECT));
      if (body.api_key !== undefined && !this.key.isOf(before, body.api_key)) noteKey(change, before, after);
      return after;
    });
  }

  /** Revokes the tokens of the project and destroys its upstream key. Idempotent. */
  async remove(actor: Actor, id: string): Promise<void> {
    await this.changes.commit(actor, 'project.delete', async (change) => {
      const project = await change.manager.findOneBy(ProjectEntity, { id });
      if (!project || !sees(actor, id)) throw errors.projectNotFound();
      change.about({ projectId: id });
      if (project.deletedAt !== null) return change.repeated();
      const now = this.clock.now();
      const columns = {
        apiKey: null,
        nameKey: null,
        isActive: false,
        revision: change.revision,
        deletedAt: now,
        updatedAt: now,
        deactivatedAt: project.deactivatedAt ?? now,
      };
      await change.manager.update(ProjectEntity, { id }, columns);
      await this.close(id, change);
      change.invalidateProject(id);
      change.changed(changesOf(project, undefined, SHOWN_OF_PROJECT));
    });
  }

  private async close(id: string, change: Change): Promise<void> {
    for (const listener of this.closingListeners) await listener(id, change);
  }

  private updatedColumns(before: ProjectEntity, body: UpdateProject): Partial<ProjectEntity> {
    const now = this.clock.now();
    return {
      updatedAt: now,
      ...(body.name === undefined ? {} : { name: body.name, nameKey: body.name }),
      ...(body.api_key === undefined ? {} : this.keyColumns(before.id, body.api_key)),
      ...(body.base_url === undefined ? {} : { baseUrl: this.key.checkedBase(body.base_url) }),
      ...(body.provider === undefined ? {} : { provider: this.key.checkedProvider(body.provider) }),
      ...changedDescription(body),
      ...boundsColumns(body, before),
      ...(body.is_active === undefined
        ? {}
        : { isActive: body.is_active, deactivatedAt: body.is_active ? null : (before.deactivatedAt ?? now) }),
      ...limitColumns(body),
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
