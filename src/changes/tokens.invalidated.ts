/**
 * These tokens, projects and operators changed, here or on another replica: whatever is cached of them is invalid. Emitted after the
 * commit and, on the replica that made the change, before its response. The rooms above listen with `@OnEvent`:
 * `token/token.invalidation` (cache, then exchanges in flight), `token/request.counter` and `token/imported.tokens`.
 */
export class TokensInvalidated {
  static readonly topic = 'tokens.invalidated';

  constructor(
    readonly tokens: ReadonlySet<string>,
    readonly projects: ReadonlySet<string>,
    /** What has changed is not known: everything is invalid. */
    readonly everything: boolean,
    readonly operators: ReadonlySet<string> = new Set(),
  ) {}
}
