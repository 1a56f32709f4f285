import type { PathRules } from '../../common/values/path.rules.js';
import type { UpstreamBase } from '../../common/values/upstream.base.js';
import type { ProxyChoice } from '../values/forward.proxy.js';

/** The allowed values of one top-level field of a request body. */
export interface ParamRule {
  readonly name: string;
  /** As they were entered, for the refusal. */
  readonly choices: readonly (string | number | boolean)[];
  allows(value: string | number | boolean): boolean;
}

/** The restrictions of a provider; an absent one does not restrict. */
export interface ProviderPolicy {
  readonly endpoints: PathRules | undefined;
  /** Upper case. */
  readonly methods: readonly string[] | undefined;
  readonly params: readonly ParamRule[];
  readonly origins: ReadonlySet<string> | undefined;
  /** Lower case. */
  readonly requiredHeaders: readonly string[];
  /** Whether `/v1/organization` is allowed. */
  readonly allowsOrganization: boolean;
  /** Whether a path may have an encoded slash, such as in the name of a model. */
  readonly allowsEncodedSlash: boolean;
}

/** The deadlines of a call of the upstream, in milliseconds. */
export interface Deadlines {
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxDurationMs: number;
}

/**
 * How streams that have usage only when the request asks for it get it: not at all, by asking on the client's behalf, or
 * by refusing a request that does not ask.
 */
export const STREAM_USAGE = ['off', 'inject', 'require'] as const;
export type StreamUsage = (typeof STREAM_USAGE)[number];

/** What holds for a provider whose section says nothing else. */
export interface ProviderDefaults {
  readonly deadlines: Deadlines;
  readonly proxyFor: ProxyChoice;
  readonly streamUsage: StreamUsage;
  /** False: nothing reads usage, so nothing is injected. */
  readonly readsUsage: boolean;
}

/** An upstream, which projects select by its name. */
export interface Provider extends UpstreamBase {
  readonly name: string;
  readonly deadlines: Deadlines;
  readonly connections: {
    /** Per origin; undefined = no limit. */
    readonly max: number | undefined;
    /** How long an idle connection stays open; undefined = the default of the upstream client. */
    readonly idleTimeoutMs: number | undefined;
    /** How long a connection is used; undefined = the default of the upstream client. */
    readonly maxAgeMs: number | undefined;
  };
  /** The forward proxy for connections to an origin. */
  readonly proxyFor: ProxyChoice;
  readonly streamUsage: StreamUsage;
  /** Undefined, in the common case, when nothing is restricted. */
  readonly policy: ProviderPolicy | undefined;
}

/** All configured providers, at least one. */
export class Providers {
  private readonly byName: ReadonlyMap<string, Provider>;

  constructor(
    readonly all: readonly Provider[],
    /** The provider of projects that name none. */
    readonly standard: Provider,
  ) {
    this.byName = new Map(all.map((provider) => [provider.name, provider]));
  }

  /** Whether any provider allows encoded slashes. */
  get allowEncodedSlash(): boolean {
    return this.all.some(({ policy }) => policy?.allowsEncodedSlash);
  }

  /** The origins of all but the standard provider. The operator chose them, so they may be private addresses. */
  get otherOrigins(): string[] {
    return this.all.filter((provider) => provider !== this.standard).map(({ origin }) => origin);
  }

  /** The provider of this name, or the standard provider for null. Undefined when the name is not configured. */
  get(name: string | null): Provider | undefined {
    return name === null ? this.standard : this.byName.get(name);
  }
}
