import type { EntityManager } from 'typeorm';

/** A project's key, base URL or state changed. Emitted after the commit and before the answer: what was cached of it is void. */
export class ProjectChanged {
  static readonly topic = 'project.changed';

  constructor(readonly projectId: string) {}
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
  ) {}
}
