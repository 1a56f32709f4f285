import type { Change } from '../../changes/change.js';
import { errors } from '../../common/errors/errors.js';
import type { UpdateToken } from '../token.dto.js';
import { TokenEntity } from '../token.entity.js';

export type ReplacedToken = Pick<TokenEntity, 'id' | 'isActive' | 'expiresAt'>;

/** A replaced token has no cap of its own, and lives no longer than its overlap: throws `token_replaced`. */
export function assertOwn({ accountId, expiresAt }: TokenEntity, body: UpdateToken, newExpiresAt = expiresAt): void {
  if (accountId !== null && (body.max_requests !== undefined || newExpiresAt > expiresAt))
    throw errors.tokenReplaced(accountId);
}

/** The tokens that count on the row of this one, also those that have ended. Changes do not overlap: no other can become one meanwhile. */
export async function replacedTokens({ manager }: Change, accountId: string): Promise<ReplacedToken[]> {
  const select = { id: true, isActive: true, expiresAt: true } as const;
  return manager.find(TokenEntity, { select, where: { accountId } });
}

/** What memory knows of the account or cap of those that still live is invalid. */
export function invalidateLive(change: Change, tokens: readonly ReplacedToken[], nowMs: number): void {
  for (const { id, isActive, expiresAt } of tokens) if (isActive && expiresAt > nowMs) change.invalidateToken(id);
}
