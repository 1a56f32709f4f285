import type { DataSource } from 'typeorm';
import { retryWhileBusy } from '../database/retry.js';
import { Change } from './change.js';
import { ChangeEntity } from './change.entity.js';
import { COUNTER_ID, RevisionEntity } from './revision.entity.js';

/** For a command that wrote behind the servers' backs: whatever they know is void, from their next poll on. */
export async function invalidateAll(dataSource: DataSource, nowMs: number): Promise<void> {
  await retryWhileBusy(async () =>
    dataSource.transaction(async (manager) => {
      const counter = { id: COUNTER_ID };
      const { affected } = await manager.increment(RevisionEntity, counter, 'value', 1);
      // No server has ever used this database: there is nobody to tell.
      if (affected === 0) return;
      await manager.update(RevisionEntity, counter, { changedAt: nowMs });
      const change = new Change(manager, (await manager.findOneByOrFail(RevisionEntity, counter)).value);
      change.everything();
      await manager.insert(ChangeEntity, change.rows(nowMs));
    }),
  );
}
