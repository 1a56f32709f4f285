import type { EntityManager } from 'typeorm';
import type { Actor } from '../common/values/actor.js';
import type { ChangeEntity } from './change.entity.js';
import type { Position } from './revision.counter.js';
import { Invalidated } from './invalidated.js';

/** What a management call does. */
export type Action =
  | 'operator.create'
  | 'operator.update'
  | 'operator.revoke'
  | 'project.create'
  | 'project.update'
  | 'project.delete'
  | 'project.revoke_tokens'
  | 'token.create'
  | 'token.purge'
  | 'token.update'
  | 'token.replace'
  | 'token.revoke';

/** One transaction of a management call, and the cached tokens, projects and operators that it makes invalid. */
export class Change {
  private readonly tokens = new Set<string>();
  private readonly projects = new Set<string>();
  private readonly operators = new Set<string>();

  constructor(
    /** The manager of the transaction: every write of the change goes through it. */
    readonly manager: EntityManager,
    readonly position: Position,
    readonly actor: Actor,
    readonly action: Action,
  ) {}

  /** The revision that the changed rows get. */
  get revision(): number {
    return this.position.value;
  }

  /** False when no replica can have cached anything that the change touches: it gets no revision then. */
  get invalidatesAnything(): boolean {
    return this.tokens.size > 0 || this.projects.size > 0 || this.operators.size > 0;
  }

  invalidateToken(id: string): void {
    this.tokens.add(id);
  }

  /** The project and all its tokens. */
  invalidateProject(id: string): void {
    this.projects.add(id);
  }

  invalidateOperator(id: string): void {
    this.operators.add(id);
  }

  get invalidated(): Invalidated {
    return new Invalidated({ tokens: this.tokens, projects: this.projects, operators: this.operators });
  }

  rows(): ChangeEntity[] {
    const { value: revision, changedAt } = this.position;
    const row = (subject: ChangeEntity['subject'], subjectId: string): ChangeEntity => ({
      revision,
      subject,
      subjectId,
      changedAt,
    });
    return [
      ...[...this.tokens].map((id) => row('token', id)),
      ...[...this.projects].map((id) => row('project', id)),
      ...[...this.operators].map((id) => row('operator', id)),
    ];
  }
}
