interface Subjects {
  readonly tokens: ReadonlySet<string>;
  readonly projects: ReadonlySet<string>;
  readonly operators: ReadonlySet<string>;
  /** What has changed is not known: everything is invalid. */
  readonly everything: boolean;
}

/**
 * These tokens, projects and operators changed, here or on another replica: whatever is cached of them is invalid. Emitted
 * after the commit and, on the replica that made the change, before its response. The rooms above listen with `@OnEvent`:
 * `token/token.invalidation` (cache, then exchanges in flight), the counter of requests, `token/imported.tokens` and
 * `operator/operator.invalidation`.
 */
export class Invalidated implements Subjects {
  static readonly topic = 'invalidated';

  readonly tokens: ReadonlySet<string>;
  readonly projects: ReadonlySet<string>;
  readonly operators: ReadonlySet<string>;
  readonly everything: boolean;

  /** What is absent has not changed. */
  constructor({
    tokens = new Set(),
    projects = new Set(),
    operators = new Set(),
    everything = false,
  }: Partial<Subjects>) {
    this.tokens = tokens;
    this.projects = projects;
    this.operators = operators;
    this.everything = everything;
  }
}
