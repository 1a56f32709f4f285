import type { EntityManager, FindOptionsWhere } from 'typeorm';
import { dialectOf } from '../../database/dialect/dialect.js';
import { TokenEntity } from '../token.entity.js';

export type LockedToken = Pick<TokenEntity, 'id' | 'accountId'>;

/**
 * Locks tokens until the transaction ends, in the order of their ids. A transaction that changes several tokens starts with
 * it: an UPDATE locks rows in the order of its plan, and two of them could deadlock. PostgreSQL detects a deadlock after a
 * second, later than the statement timeout. A transaction of SQLite locks the whole file.
 */
export async function lockTokens(manager: EntityManager, where: FindOptionsWhere<TokenEntity>): Promise<LockedToken[]> {
  if (dialectOf(manager.dataSource) === 'sqlite') return [];
  return manager.find(TokenEntity, {
    select: { id: true, accountId: true },
    where,
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
}
