import type { EntityManager } from 'typeorm';
import { TokensInvalidated } from './domain.events.js';
import type { ChangeEntity } from './change.entity.js';

/** What one transaction changes, and whom every replica has to forget because of it. */
export class Change {
  private readonly tokens = new Set<string>();
  private readonly projects = new Set<string>();
  private isEverything = false;

  constructor(
    /** The transaction's. */
    readonly manager: EntityManager,
    /** For the rows that are changed. */
    readonly revision: number,
  ) {}

  /** False when there turned out to be nothing to change: nobody is told. */
  get isMade(): boolean {
    return this.isEverything || this.tokens.size > 0 || this.projects.size > 0;
  }

  token(id: string): void {
    this.tokens.add(id);
  }

  /** And all its tokens. */
  project(id: string): void {
    this.projects.add(id);
  }

  everything(): void {
    this.isEverything = true;
  }

  seen(): TokensInvalidated {
    return new TokensInvalidated(this.tokens, this.projects, this.isEverything);
  }

  rows(changedAt: number): ChangeEntity[] {
    const row = (subject: ChangeEntity['subject'], subjectId: string): ChangeEntity => ({
      revision: this.revision,
      subject,
      subjectId,
      changedAt,
    });
    if (this.isEverything) return [row('all', '')];
    return [...[...this.tokens].map((id) => row('token', id)), ...[...this.projects].map((id) => row('project', id))];
  }
}
