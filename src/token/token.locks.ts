import type { EntityManager, FindOptionsWhere } from 'typeorm';
import { dialectOf } from '../database/dialect/dialect.js';
import { TokenEntity } from './token.entity.js';

/**
 * Locks tokens until the transaction ends, the lowest id first. Whoever is to change more than one begins with this: an
 * UPDATE locks rows as its plan finds them, and two that meet could wait for each other. PostgreSQL notices that after a
 * second, later than we give up. A transaction of SQLite has the whole file.
 */
export async function lockTokens(manager: EntityManager, where: FindOptionsWhere<TokenEntity>): Promise<void> {
  if (dialectOf(manager.dataSource) === 'sqlite') return;
  await manager.find(TokenEntity, {
    select: { id: true },
    where,
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
}
