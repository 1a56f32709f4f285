import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../common/errors/api.error.js';
import { instant } from '../common/rest/field.rules.js';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { withTimeout } from '../common/values/with.timeout.js';
import type { Provider } from '../config/provider/provider.js';
import { DatabaseTimeout } from '../database/dialect/database.error.js';
import type { ProjectLimits, TokenLimits } from '../limits/limits.js';
import { type UpstreamAccess, UpstreamKey } from '../project/upstream.key.js';
import { Freshness } from '../replicas/freshness.js';
import type { AdmittedToken } from './ledger/ledger.sql.js';
import { type KnownToken, TokenCache } from './token.cache.js';
import type { TokenEntity } from './token.entity.js';
import { secretProblem } from './secret.problem.js';
import { compileScope } from './token.scope.js';
import { TokenInvalidation } from './token.invalidation.js';
import { TokenLookup } from './token.lookup.js';

/** A token or its project changed after the request was judged by cached values: the request has to be judged again. */
export class TokenChanged extends Error {
  override readonly name = 'TokenChanged';
}

/** A token that may be used now: its project is active and its upstream key opens. */
export type UsableToken = KnownToken & {
  readonly upstream: UpstreamAccess & { authorization: string; provider: Provider };
};

/** Finds the token of a secret: in memory first, then in the database. */
@Injectable()
export class TokenAuthenticator {
  private readonly loading = new Map<string, Promise<KnownToken>>();

  constructor(
    private readonly lookup: TokenLookup,
    private readonly upstreamKey: UpstreamKey,
    private readonly cache: TokenCache,
    private readonly invalidation: TokenInvalidation,
    private readonly freshness: Freshness,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns no promise when the token is cached and the cache may be trusted. Throws `token_malformed`, `token_not_found` or,
   * by the address of the request, `too_many_attempts`. Does not check whether the token is revoked.
   */
  identify(secret: string, request?: IncomingMessage): KnownToken | Promise<KnownToken> {
    const digest = TokenCache.digest(secret);
    const known = this.cache.get(digest);
    if (known && this.freshness.isCurrent) return known;
    if (known) return this.loadOnce(secret, digest).catch((error: unknown) => this.knownDuringOutage(digest, error));
    if (!this.lookup.mayExist(secret)) throw errors.tokenMalformed(secretProblem(secret));
    if (this.cache.isUnknown(digest)) throw errors.tokenUnknown();
    return this.loadOnce(secret, digest, request);
  }

  /** Throws `token_inactive`, `token_expired`, `project_inactive`, `provider_unknown` or `upstream_auth_error`, in this order. */
  assertUsable(token: KnownToken, nowMs: number = this.clock.now()): asserts token is UsableToken {
    if (!token.isActive) throw errors.tokenInactive();
    if (token.expiresAt <= nowMs) throw errors.tokenExpired(instant(token.expiresAt));
    if (!token.upstream?.isActive) throw errors.projectInactive();
    if (token.upstream.provider === undefined) throw errors.providerUnknown();
    if (token.upstream.authorization === undefined) throw errors.upstreamAuthError();
  }

  /** Reads a token from the database. Throws as `assertUsable`. */
  async reload(id: string, nowMs?: number): Promise<UsableToken> {
    const known = await this.limited(this.read(id));
    this.assertUsable(known, nowMs);
    return known;
  }

  /**
   * Reads why the database refused a request of a token that was usable by cached values. `nowMs` is by the clock of the
   * database, for which the token may expire earlier.
   */
  async whyRefused({ id, revision, projectRevision }: AdmittedToken, nowMs: number): Promise<ApiError | TokenChanged> {
    try {
      const current = await this.reload(id, nowMs);
      if (current.revision === revision && current.projectRevision === projectRevision) return errors.tokenExhausted();
      if (current.projectRevision === projectRevision) this.invalidation.invalidateToken(id);
      else this.invalidation.invalidateProject(current.projectId);
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
    const token = await this.lookup.findById(id);
    if (!token) throw errors.tokenUnknown();
    return this.toKnown(token);
  }

  /** While the database is down, cached values are trusted for the grace period. */
  private knownDuringOutage(digest: string, error: unknown): KnownToken {
    const known = this.cache.get(digest);
    if (known && this.freshness.isWithinGrace && !(error instanceof ApiError)) return known;
    throw error;
  }

  private loadOnce(secret: string, digest: string, request?: IncomingMessage): Promise<KnownToken> {
    let load = this.loading.get(digest);
    if (!load) {
      load = this.load(secret, digest, request).finally(() => this.loading.delete(digest));
      this.loading.set(digest, load);
    }
    // A load that exceeds the limit continues, for the next request.
    return this.limited(load);
  }

  /** Reads again after an invalidation meanwhile: a late read never caches a revoked token as usable. */
  private async load(secret: string, digest: string, request?: IncomingMessage): Promise<KnownToken> {
    for (;;) {
      const { epoch } = this.invalidation;
      const token = await this.lookup.find(secret, request);
      const known = token && (await this.toKnown(token));
      if (epoch !== this.invalidation.epoch) continue;
      if (!known) {
        this.cache.keepUnknown(digest);
        throw errors.tokenUnknown();
      }
      this.cache.keep(digest, known);
      return known;
    }
  }

  private async toKnown(token: TokenEntity): Promise<KnownToken> {
    const { id, projectId, isActive, expiresAt, maxRequests, revision, accountId } = token;
    const upstream = await this.upstreamKey.access(projectId);
    return {
      id,
      revision,
      projectRevision: upstream?.revision ?? 0,
      accountId: accountId ?? undefined,
      projectId,
      isActive,
      expiresAt,
      capped: accountId === null ? maxRequests !== null : await this.lookup.isCapped(accountId),
      shownExpiry: this.lookup.showsHeaders ? instant(expiresAt) : undefined,
      scope: compileScope(token),
      limits: limitsOf(token, upstream?.limits),
      upstream,
    };
  }
}

const limitsOf = (
  { rateLimitPerMinute, maxConcurrent }: TokenEntity,
  project: ProjectLimits | undefined,
): TokenLimits | undefined =>
  rateLimitPerMinute === null && maxConcurrent === null && !project
    ? undefined
    : { ratePerMinute: rateLimitPerMinute, maxConcurrent, project };
