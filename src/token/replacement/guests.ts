import { MoreThan } from 'typeorm';
import type { Change } from '../../changes/change.js';
import { errors } from '../../common/errors/errors.js';
import type { UpdateToken } from '../token.dto.js';
import { TokenEntity } from '../token.entity.js';

/** A replaced token has no cap of its own: throws `token_replaced`. */
export function assertOwnCap({ accountId }: TokenEntity, body: UpdateToken): void {
  if (accountId !== null && body.max_requests !== undefined) throw errors.tokenReplaced(accountId);
}

/** The replaced tokens that still live and count on the row of this one: what memory knows of their cap is invalid. */
export async function invalidateGuests(change: Change, accountId: string, nowMs: number): Promise<void> {
  const where = { accountId, isActive: true, expiresAt: MoreThan(nowMs) };
  for (const { id } of await change.manager.find(TokenEntity, {
    select: { id: true },
    where,
  }))
    change.invalidateToken(id);
}
