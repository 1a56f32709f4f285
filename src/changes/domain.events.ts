import type { EntityManager } from 'typeorm';

/**
 * These tokens and projects changed, here or on another replica: what was cached of them is void. Emitted after the commit
 * and, where the change was made, before the answer.
 */
export class TokensInvalidated {
  static readonly topic = 'changes.seen';

  constructor(
    readonly tokens: ReadonlySet<string>,
    readonly projects: ReadonlySet<string>,
    /** It is not known what changed: everything is void. */
    readonly everything: boolean,
  ) {}
}

/**
 * A project is being closed and its tokens go with it. Emitted inside the transaction that closes it: listeners
 * write through `manager`, and one that throws rolls everything back.
 */
export class ProjectClosing {
  static readonly topic = 'project.closing';

  constructor(
    readonly projectId: string,
    readonly manager: EntityManager,
    /** For the rows that are changed with it. */
    readonly revision: number,
  ) {}
}
