import { type EntityManager, type FindOptionsWhere, MoreThan } from 'typeorm';
import { formOfHash, type StoredForm } from '../crypto/stored.form.js';
import { TokenEntity } from '../token/token.entity.js';

/** Summary of the tokens whose hashes have one form. */
export interface TokenSummary extends StoredForm {
  count: number;
  /** Active and not expired. */
  inUse: number;
  /** When the last token in use expires, in milliseconds; absent when none is in use. */
  lastExpiry?: number;
}

interface Row {
  form: string;
  count: number | string;
  last: number | string;
}

/** The form of a hash is its prefix: `hmac:` and eight characters of key id. */
const HASH_FORM = `CASE WHEN token.secretHash LIKE 'sha256:%' THEN 'sha256' ELSE substr(token.secretHash, 1, 13) END`;

/** One summary for each form of hash. Reads the whole table. */
export async function summarizeTokens(manager: EntityManager, nowMs: number): Promise<TokenSummary[]> {
  const inUse = new Map<string, Row>();
  for (const row of await grouped(manager, { isActive: true, expiresAt: MoreThan(nowMs) })) inUse.set(row.form, row);
  return (await grouped(manager, {})).map(({ form, count }) => {
    const used = inUse.get(form);
    return {
      ...formOfHash(form),
      count: Number(count),
      inUse: Number(used?.count ?? 0),
      ...(used && { lastExpiry: Number(used.last) }),
    };
  });
}

const grouped = async (manager: EntityManager, where: FindOptionsWhere<TokenEntity>): Promise<Row[]> =>
  manager
    .createQueryBuilder(TokenEntity, 'token')
    .select(HASH_FORM, 'form')
    .addSelect('COUNT(*)', 'count')
    .addSelect('MAX(token.expiresAt)', 'last')
    .where(where)
    .groupBy('form')
    .orderBy('form')
    .getRawMany<Row>();
