import { IsNull } from 'typeorm';
import { SessionEntity } from '../../auth/session/session.entity.js';
import type { Change } from '../../changes/change.js';

/** Ends the sessions of an operator that is not in force: none comes back with it. The row of the change has their number. */
export async function endSessionsOf(operatorId: string, change: Change, now: number): Promise<void> {
  const ended = { endedAt: now, endedBy: 'operator' } as const;
  const { affected } = await change.manager.update(SessionEntity, { operatorId, endedAt: IsNull() }, ended);
  if (affected) change.note({ ended_sessions: affected });
}
