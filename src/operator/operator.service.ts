import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, Repository } from 'typeorm';
import { changesOf } from '../audit/row/field.changes.js';
import { OperatorEntity } from '../auth/operator.entity.js';
import { OPERATOR_SECRETS } from '../auth/operator.secret.js';
import type { Change } from '../changes/change.js';
import { Changes } from '../changes/changes.js';
import { errors } from '../common/errors/errors.js';
import { expiryOf } from '../common/rest/expiry.js';
import { type Page, type PageQuery, windowOf } from '../common/rest/paging.js';
import type { Actor, Role } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { MAX_OPERATORS } from '../common/values/limits.js';
import { TokenHasher } from '../crypto/token.hasher.js';
import { isUniqueViolation } from '../database/dialect/driver.code.js';
import { ProjectEntity } from '../project/project.entity.js';
import { SHOWN_OF_OPERATOR } from './operator.audit.js';
import { endSessionsOf } from './session/operator.sessions.js';
import type { CreateOperator, UpdateOperator } from './operator.dto.js';

@Injectable()
export class OperatorService {
  constructor(
    @InjectRepository(OperatorEntity) private readonly operators: Repository<OperatorEntity>,
    private readonly hasher: TokenHasher,
    private readonly changes: Changes,
    private readonly clock: Clock,
  ) {}

  async list(query: PageQuery): Promise<Page<OperatorEntity>> {
    const { page, size } = windowOf(query);
    const [entries, total] = await this.operators
      .createQueryBuilder('operator')
      .orderBy('LOWER(operator.name)')
      .addOrderBy('operator.name')
      .addOrderBy('operator.id')
      .skip((page - 1) * size)
      .take(size)
      .getManyAndCount();
    return { entries, total };
  }

  /** The secret is returned and never stored. Throws `operator_exists`, `too_many_operators`. */
  async create(actor: Actor, body: CreateOperator): Promise<{ operator: OperatorEntity; secret: string }> {
    const secret = OPERATOR_SECRETS.create();
    const now = this.clock.now();
    const operator = this.operators.create({
      id: randomUUID(),
      name: body.name,
      nameKey: body.name,
      role: body.role,
      projects: projectsOf(body),
      secretHash: this.hasher.hash(secret),
      secretDisplay: OPERATOR_SECRETS.mask(secret),
      isActive: true,
      expiresAt: body.expires_at ? expiryOf(body.expires_at, now) : null,
      createdAt: now,
      createdBy: actor.id ?? null,
      lastUsedAt: null,
      deactivatedAt: null,
    });
    assertScope(operator.role, operator.projects);
    await this.changes.commit(actor, 'operator.create', async (change) => {
      await this.assertProjects(operator.projects, change.manager);
      await assertRoom(change.manager);
      // A copy: TypeORM writes numbers into it as PostgreSQL returns them, as text.
      await unique(change.manager.insert(OperatorEntity, { ...operator, revision: change.revision }));
      change.invalidateOperator(operator.id);
      change.about({ subjectId: operator.id });
      change.changed(changesOf(undefined, operator, SHOWN_OF_OPERATOR));
    });
    return { operator, secret };
  }

  /** Throws `operator_not_found`. */
  async get(id: string, manager: EntityManager = this.operators.manager): Promise<OperatorEntity> {
    const operator = await manager.findOneBy(OperatorEntity, { id });
    if (!operator) throw errors.operatorNotFound();
    return operator;
  }

  /**
   * Throws `role_not_allowed` for the actor itself, which can neither raise its role nor lock itself out, and
   * `operator_not_found`, `operator_exists`, `too_many_operators`.
   */
  async update(actor: Actor, id: string, body: UpdateOperator): Promise<OperatorEntity> {
    if (Object.values(body).every((value) => value === undefined)) throw errors.noFields();
    assertOther(actor, id);
    return this.changes.commit(actor, 'operator.update', async (change) => {
      const before = await this.get(id, change.manager);
      const columns = this.updatedColumns(before, body);
      assertScope(columns.role, columns.projects);
      if (columns.isActive && !before.isActive) await assertRoom(change.manager);
      if (body.projects) await this.assertProjects(columns.projects, change.manager);
      await unique(change.manager.update(OperatorEntity, { id }, { ...columns, revision: change.revision }));
      const now = this.clock.now();
      if (!isInForce(before, now) || !columns.isActive) await endSessionsOf(id, change, now);
      change.invalidateOperator(id);
      const after = await this.get(id, change.manager);
      change.about({ subjectId: id });
      change.changed(changesOf(before, after, SHOWN_OF_OPERATOR));
      return after;
    });
  }

  /** Idempotent; the operator stays in lists. Throws `role_not_allowed` as `update`, and `operator_not_found`. */
  async revoke(actor: Actor, id: string): Promise<void> {
    assertOther(actor, id);
    await this.changes.commit(actor, 'operator.revoke', async (change) => {
      const before = await this.get(id, change.manager);
      change.about({ subjectId: id });
      if (!before.isActive) return change.repeated();
      await this.revokeNow(before, change);
    });
  }

  private async revokeNow(before: OperatorEntity, change: Change): Promise<void> {
    const { id } = before;
    const columns = { isActive: false, nameKey: null, deactivatedAt: this.clock.now(), revision: change.revision };
    await change.manager.update(OperatorEntity, { id }, columns);
    await endSessionsOf(id, change, columns.deactivatedAt);
    change.invalidateOperator(id);
    change.changed(changesOf(before, { ...before, ...columns }, SHOWN_OF_OPERATOR));
  }

  private updatedColumns(
    before: OperatorEntity,
    body: UpdateOperator,
  ): Pick<OperatorEntity, 'name' | 'nameKey' | 'role' | 'projects' | 'isActive' | 'expiresAt' | 'deactivatedAt'> {
    const { name = before.name, role = before.role, is_active: isActive = before.isActive } = body;
    const now = this.clock.now();
    return {
      name,
      nameKey: isActive ? name : null,
      role,
      projects: projectsAfter(before, body),
      isActive,
      expiresAt: this.expiry(before, body.expires_at),
      deactivatedAt: isActive ? null : (before.deactivatedAt ?? now),
    };
  }

  private expiry({ expiresAt }: OperatorEntity, text: string | null | undefined): number | null {
    if (text === undefined) return expiresAt;
    return text === null ? null : expiryOf(text, this.clock.now());
  }

  /** A project that is deleted later stays in the list, where it opens nothing. */
  private async assertProjects(ids: string[] | null, manager: EntityManager): Promise<void> {
    if (!ids?.length) return;
    const found = await manager.countBy(ProjectEntity, { id: In(ids), deletedAt: IsNull() });
    if (found < ids.length) throw errors.fieldInvalid('projects', 'must be the ids of projects');
  }
}

const projectsOf = ({ projects }: UpdateOperator): string[] | null =>
  projects ? projects.map((id) => id.toLowerCase()) : null;

/** An operator that becomes an admin sees all projects, unless the body says otherwise, which is refused. */
function projectsAfter(before: OperatorEntity, body: UpdateOperator): string[] | null {
  if (body.projects !== undefined) return projectsOf(body);
  return body.role === 'admin' ? null : before.projects;
}

/** An admin without all projects, or a manager of all of them, would be another role than its name says. */
function assertScope(role: Role, projects: readonly string[] | null): void {
  if (role === 'admin' && projects !== null) throw errors.fieldInvalid('projects', 'must be null for an admin');
  if (role === 'manager' && !projects?.length)
    throw errors.fieldInvalid('projects', 'must have one or more ids for a manager');
}

/** Within a change, which holds the lock of all changes. Throws `too_many_operators`. */
async function assertRoom(manager: EntityManager): Promise<void> {
  const active = await manager.countBy(OperatorEntity, { isActive: true });
  if (active >= MAX_OPERATORS) throw errors.tooManyOperators(MAX_OPERATORS);
}

const isInForce = ({ isActive, expiresAt }: OperatorEntity, now: number): boolean =>
  isActive && (expiresAt === null || expiresAt > now);

function assertOther(actor: Actor, id: string): void {
  if (actor.id === id) throw errors.roleNotAllowed();
}

async function unique<T>(write: Promise<T>): Promise<T> {
  return write.catch((error: unknown) => {
    throw isUniqueViolation(error) ? errors.operatorExists() : error;
  });
}
