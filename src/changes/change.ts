import type { EntityManager } from 'typeorm';
import type { AuditDraft, Changes, Subjects } from '../audit/row/audit.draft.js';
import type { Actor } from '../common/values/actor.js';
import type { Action } from '../common/audit/audit.action.js';
import type { Json } from '../common/audit/json.js';
import type { ChangeEntity } from './change.entity.js';
import type { Position } from './revision.counter.js';
import { Invalidated } from './invalidated.js';

export type { Action };

/** One transaction of a management call, and the cached tokens, projects and operators that it makes invalid. */
export class Change {
  private readonly tokens = new Set<string>();
  private readonly projects = new Set<string>();
  private readonly operators = new Set<string>();
  private subjects: Subjects = {};
  private fields: Changes | undefined;
  private metadata: Readonly<Record<string, Json>> | undefined;
  private isNothing = false;

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

  /** The subjects of the row in the audit log. */
  about(subjects: Subjects): void {
    this.subjects = { ...this.subjects, ...subjects };
  }

  /** The fields that changed, for the audit log. */
  changed(fields: Changes): void {
    this.fields = { ...this.fields, ...fields };
  }

  /** Further facts for the audit log. */
  note(metadata: Readonly<Record<string, Json>>): void {
    this.metadata = { ...this.metadata, ...metadata };
  }

  /** The call asks for what is so already. */
  repeated(): void {
    this.note({ repeated: true });
  }

  /** Leaves no row. For work of the server itself that found nothing to do: a call always has a row. */
  nothingDone(): void {
    this.isNothing = this.actor.kind === 'system';
  }

  /** The rows of the change in the audit log: one, or none after `nothingDone`. */
  get drafts(): AuditDraft[] {
    if (this.isNothing) return [];
    const { action, actor, subjects, fields, metadata } = this;
    const draft: AuditDraft = { action, actor, call: actor.call, outcome: 'success', ...subjects };
    const hasFields = fields !== undefined && Object.keys(fields).length > 0;
    return [{ ...draft, ...(hasFields && { changes: fields }), ...(metadata && { metadata }) }];
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
