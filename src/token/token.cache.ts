import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UpstreamAccess } from '../project/upstream.key.js';
import type { TokenLimits } from '../limits/limits.js';
import type { TokenIdentity } from './in.flight.registry.js';
import type { AdmittedToken } from './ledger/ledger.sql.js';
import type { TokenScope } from './token.scope.js';
import { evictOldest } from '../common/values/evict.oldest.js';

/** A token with its project, as requests use it. It contains the upstream key and is never stored. */
export interface KnownToken extends AdmittedToken {
  readonly projectId: string;
  readonly isActive: boolean;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Its requests count against a cap: its own, or that of its account. */
  readonly capped: boolean;
  /** RFC 3339, for responses; undefined unless TOKEN_HEADERS. */
  readonly shownExpiry: string | undefined;
  /** Undefined when the token has no scope, the common case. */
  readonly scope: TokenScope | undefined;
  /** Undefined when the token has neither a rate nor a concurrency limit, of its own or of its project. */
  readonly limits: TokenLimits | undefined;
  /** Undefined when the project is deleted. */
  readonly upstream: UpstreamAccess | undefined;
}

const MAX_KNOWN = 10_000;
const MAX_UNKNOWN = 10_000;

/**
 * Tokens by the digest of their secret, so that no secret stays in memory. The digest is whole: two secrets never share an
 * entry. TokenInvalidation removes entries.
 */
@Injectable()
export class TokenCache {
  private readonly known = new Map<string, KnownToken>();
  private readonly unknown = new Set<string>();

  static digest(secret: string): string {
    return hash('sha256', secret, 'base64');
  }

  get(digest: string): KnownToken | undefined {
    return this.known.get(digest);
  }

  isUnknown(digest: string): boolean {
    return this.unknown.has(digest);
  }

  keep(digest: string, token: KnownToken): void {
    evictOldest(this.known, MAX_KNOWN);
    this.known.set(digest, token);
  }

  keepUnknown(digest: string): void {
    evictOldest(this.unknown, MAX_UNKNOWN);
    this.unknown.add(digest);
  }

  forget(concerns: (token: TokenIdentity) => boolean): void {
    for (const [digest, token] of this.known) if (concerns(token)) this.known.delete(digest);
  }

  forgetUnknown(): void {
    this.unknown.clear();
  }
}
