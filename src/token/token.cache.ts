import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { TokensInvalidated } from '../changes/tokens.invalidated.js';
import type { UpstreamAccess } from '../project/upstream.key.js';
import type { TokenLimits } from '../limits/limits.js';
import { InFlightRegistry, type TokenIdentity } from './in.flight.registry.js';
import type { AdmittedToken } from './ledger.sql.js';
import type { TokenScope } from './token.scope.js';

/** What a request needs to know of its token and project. Holds the upstream key: lives in memory only. */
export interface KnownToken extends AdmittedToken {
  readonly projectId: string;
  readonly isActive: boolean;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly capped: boolean;
  /** Undefined when the token is not narrowed, the common case. */
  readonly narrowing: TokenScope | undefined;
  /** Undefined when the token has no limits of its own in time. */
  readonly limits: TokenLimits | undefined;
  /** Undefined when the project is deleted. */
  readonly upstream: UpstreamAccess | undefined;
}

const MAX_KNOWN = 10_000;
const MAX_UNKNOWN = 10_000;

/**
 * Tokens by the digest of their secret (the whole digest: a shortened key once gave one user another's session),
 * so that no secret stays in memory. Whatever changes a token or its project removes it here before the change is
 * answered; `epoch` lets a reader notice that what it has just read may be older than such a removal.
 */
@Injectable()
export class TokenCache {
  private readonly known = new Map<string, KnownToken>();
  private readonly unknown = new Set<string>();
  epoch = 0;

  constructor(private readonly live: InFlightRegistry) {}

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

  forgetToken(id: string): void {
    this.forget((token) => token.id === id);
  }

  forgetProject(id: string): void {
    this.forget((token) => token.projectId === id);
  }

  @OnEvent(TokensInvalidated.topic)
  onChangesSeen({ tokens, projects, everything }: TokensInvalidated): void {
    // A token that was unknown may have been imported.
    if (everything) this.unknown.clear();
    this.forget(({ id, projectId }) => everything || tokens.has(id) || projects.has(projectId));
  }

  private forget(changed: (token: TokenIdentity) => boolean): void {
    this.epoch += 1;
    for (const [digest, token] of this.known) if (changed(token)) this.known.delete(digest);
    this.live.changed(changed);
  }
}

/** A Map and a Set iterate in the order of insertion: the first key is the oldest. */
function evictOldest(keys: Map<string, unknown> | Set<string>, max: number): void {
  if (keys.size < max) return;
  for (const oldest of keys.keys()) {
    keys.delete(oldest);
    return;
  }
}
