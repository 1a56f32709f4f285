import type { EntityManager } from 'typeorm';
import { OperatorEntity } from '../auth/operator.entity.js';
import { formOfHash, type StoredForm } from '../crypto/stored.form.js';

/** Summary of the operators whose credentials are hashed in one form. */
export interface OperatorSummary extends StoredForm {
  count: number;
  /** Active and not expired. */
  inUse: number;
}

/** One summary for each form of hash. Reads the whole table, which is small. */
export async function summarizeOperators(manager: EntityManager, nowMs: number): Promise<OperatorSummary[]> {
  const rows = await manager.find(OperatorEntity, { select: { secretHash: true, isActive: true, expiresAt: true } });
  const summaries = new Map<string, OperatorSummary>();
  for (const { secretHash, isActive, expiresAt } of rows) {
    const form = formOfHash(secretHash);
    const key = `${form.kind} ${form.keyId ?? ''}`;
    const summary = summaries.get(key) ?? { ...form, count: 0, inUse: 0 };
    summary.count += 1;
    if (isActive && (expiresAt === null || expiresAt > nowMs)) summary.inUse += 1;
    summaries.set(key, summary);
  }
  return [...summaries.entries()].toSorted(([one], [other]) => one.localeCompare(other, 'en')).map(([, sum]) => sum);
}
