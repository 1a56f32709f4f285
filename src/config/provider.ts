import type { PathRules } from '../common/values/path.rules.js';
import type { UpstreamBase } from '../common/values/upstream.base.js';

/** What one top-level field of a body may be. */
export interface ParamRule {
  readonly name: string;
  allows(value: string | number | boolean): boolean;
}

/** What a provider's file restricts; whatever is absent is not restricted. */
export interface ProviderPolicy {
  readonly endpoints: PathRules | undefined;
  /** Upper case. */
  readonly methods: readonly string[] | undefined;
  readonly params: readonly ParamRule[];
  readonly origins: ReadonlySet<string> | undefined;
  /** Lower case. */
  readonly requiredHeaders: readonly string[];
  /** Whether `/v1/organization` is open. */
  readonly allowsOrganization: boolean;
}

/** Milliseconds. */
export interface Deadlines {
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxDurationMs: number;
}

/** An upstream that projects choose by its name. */
export interface Provider extends UpstreamBase {
  readonly name: string;
  readonly deadlines: Deadlines;
  readonly connections: {
    /** Per origin; undefined = no limit. */
    readonly max: number | undefined;
    /** How long an unused connection is kept; undefined = the client's own choice. */
    readonly idleTimeoutMs: number | undefined;
  };
  /** Undefined when nothing is restricted, the common case. */
  readonly policy: ProviderPolicy | undefined;
}

/** The providers there are; at least one. */
export class Providers {
  private readonly byName: ReadonlyMap<string, Provider>;

  constructor(
    readonly all: readonly Provider[],
    /** Of projects that name none. */
    readonly standard: Provider,
  ) {
    this.byName = new Map(all.map((provider) => [provider.name, provider]));
  }

  /** The operator's own choice, as the standard one's: they may be private. */
  get otherOrigins(): string[] {
    return this.all.filter((provider) => provider !== this.standard).map(({ origin }) => origin);
  }

  /** Null means the standard one; undefined is answered for a name that is not configured. */
  get(name: string | null): Provider | undefined {
    return name === null ? this.standard : this.byName.get(name);
  }
}
