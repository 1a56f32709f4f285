import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ApiError } from '../common/errors/api.error.js';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { withTimeout } from '../common/values/with.timeout.js';
import type { Provider } from '../config/provider.js';
import { DatabaseTimeout } from '../database/dialect/database.error.js';
import type { TokenLimits } from '../limits/limits.js';
import { type UpstreamAccess, UpstreamKey } from '../project/upstream.key.js';
import { Freshness } from '../replicas/freshness.js';
import type { AdmittedToken } from './ledger.sql.js';
import { type KnownToken, TokenCache } from './token.cache.js';
import { TokenChanged } from './token.changed.js';
import { TokenEntity } from './token.entity.js';
import { compileScope } from './token.scope.js';
import { TokenLookup } from './token.lookup.js';

/** A token that may be used now: its project is active and its upstream key opens. */
export type UsableToken = KnownToken & {
  readonly upstream: UpstreamAccess & { authorization: string; provider: Provider };
};

/** From a secret to what is known of its token: memory first, then the store. */
@Injectable()
export class TokenAuthenticator {
  private readonly loading = new Map<string, Promise<KnownToken>>();

  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly lookup: TokenLookup,
    private readonly upstreamKey: UpstreamKey,
    private readonly cache: TokenCache,
    private readonly freshness: Freshness,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers at once when memory knows, and may be believed. Throws `token_malformed` or `token_not_found`; says nothing of
   * revocation.
   */
  identify(secret: string): KnownToken | Promise<KnownToken> {
    const digest = TokenCache.digest(secret);
    const known = this.cache.get(digest);
    if (known && this.freshness.isCurrent) return known;
    if (known) return this.loadOnce(secret, digest).catch((error: unknown) => this.knownWithout(digest, error));
    if (!this.lookup.mayExist(secret)) throw errors.tokenMalformed();
    if (this.cache.isUnknown(digest)) throw errors.tokenUnknown();
    return this.loadOnce(secret, digest);
  }

  /** Throws `token_inactive`, `token_expired`, `project_inactive`, `provider_unknown` or `upstream_auth_error`, in this order. */
  assertUsable(token: KnownToken, nowMs: number = this.clock.now()): asserts token is UsableToken {
    if (!token.isActive) throw errors.tokenInactive();
    if (token.expiresAt <= nowMs) throw errors.tokenExpired();
    if (!token.upstream?.isActive) throw errors.projectInactive();
    if (token.upstream.provider === undefined) throw errors.providerUnknown();
    if (token.upstream.authorization === undefined) throw errors.upstreamAuthError();
  }

  /** What the store says now of a token that may be used. Throws as `assertUsable`. */
  async reload(id: string, nowMs?: number): Promise<UsableToken> {
    const known = await this.limited(this.read(id));
    this.assertUsable(known, nowMs);
    return known;
  }

  /**
   * Why a token that memory thought usable was not granted a request. Asks the store; `nowMs` is by the clock that refused
   * it, for which it may have expired before it does for ours.
   */
  async whyRefused({ id, revision, projectRevision }: AdmittedToken, nowMs: number): Promise<ApiError | TokenChanged> {
    try {
      const now = await this.reload(id, nowMs);
      if (now.revision === revision && now.projectRevision === projectRevision) return errors.tokenExhausted();
      if (now.projectRevision === projectRevision) this.cache.forgetToken(id);
      else this.cache.forgetProject(now.projectId);
      return new TokenChanged();
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  private limited<T>(work: Promise<T>): Promise<T> {
    return withTimeout(this.lookup.limitMs, work, () => new DatabaseTimeout());
  }

  private async read(id: string): Promise<KnownToken> {
    const token = await this.tokens.findOneBy({ id });
    if (!token) throw errors.tokenUnknown();
    return this.toKnown(token);
  }

  /** The store does not answer: what memory knows is believed for a while. */
  private knownWithout(digest: string, error: unknown): KnownToken {
    const known = this.cache.get(digest);
    if (known && this.freshness.isWithinGrace && !(error instanceof ApiError)) return known;
    throw error;
  }

  private loadOnce(secret: string, digest: string): Promise<KnownToken> {
    let load = this.loading.get(digest);
    if (!load) {
      load = this.load(secret, digest).finally(() => this.loading.delete(digest));
      this.loading.set(digest, load);
    }
    // One that takes longer goes on, for the next request.
    return this.limited(load);
  }

  /** Reads again when something changed meanwhile, so that a late read never brings back what was revoked. */
  private async load(secret: string, digest: string): Promise<KnownToken> {
    for (;;) {
      const { epoch } = this.cache;
      const token = await this.lookup.find(secret);
      const known = token && (await this.toKnown(token));
      if (epoch !== this.cache.epoch) continue;
      if (!known) {
        this.cache.keepUnknown(digest);
        throw errors.tokenUnknown();
      }
      this.cache.keep(digest, known);
      return known;
    }
  }

  private async toKnown(token: TokenEntity): Promise<KnownToken> {
    const { id, projectId, isActive, expiresAt, maxRequests, revision } = token;
    const upstream = await this.upstreamKey.access(projectId);
    return {
      id,
      revision,
      projectRevision: upstream?.revision ?? 0,
      projectId,
      isActive,
      expiresAt,
      capped: maxRequests !== null,
      narrowing: compileScope(token),
      limits: limitsOf(token),
      upstream,
    };
  }
}

const limitsOf = ({ rateLimitPerMinute, maxConcurrent }: TokenEntity): TokenLimits | undefined =>
  rateLimitPerMinute === null && maxConcurrent === null
    ? undefined
    : { ratePerMinute: rateLimitPerMinute, maxConcurrent };
