import type { DataSource } from 'typeorm';
import { retryWhileBusy } from '../database/retry.js';
import { ChangeEntity } from './change.entity.js';
import { COUNTER_ID, RevisionEntity } from './revision.entity.js';

/** For a command that writes beside running servers: each of them invalidates everything at its next poll. */
export async function invalidateAll(dataSource: DataSource, nowMs: number): Promise<void> {
  await retryWhileBusy(async () =>
    dataSource.transaction(async (manager) => {
      const counter = { id: COUNTER_ID };
      const { affected } = await manager.increment(RevisionEntity, counter, 'value', 1);
      // No server has ever used this database.
      if (affected === 0) return;
      await manager.update(RevisionEntity, counter, { changedAt: nowMs });
      const { value: revision } = await manager.findOneByOrFail(RevisionEntity, counter);
      await manager.insert(ChangeEntity, { revision, subject: 'all', subjectId: '', changedAt: nowMs });
    }),
  );
}
