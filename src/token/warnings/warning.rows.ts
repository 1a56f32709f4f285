import type { Repository } from 'typeorm';
import { TokenEntity } from '../token.entity.js';
import type { WarningSchedule } from './warning.stages.js';

/** A token as it was read, and its warnings at that time. */
export interface Look {
  readonly token: TokenEntity;
  readonly schedule: WarningSchedule;
}

export const isMoving = ({ token, schedule }: Look): boolean =>
  schedule.warnAt !== token.warnAt || schedule.warnCount !== token.warnCount;

/**
 * Writes when the tokens are to be looked at next, in one statement. It leaves out those that an operator has changed since
 * they were read, or that another replica has moved on. Returns how many it wrote.
 */
export async function moveOn(tokens: Repository<TokenEntity>, looks: readonly Look[]): Promise<number> {
  const ids = looks.map(({ token }) => token.id);
  /** The numbers are in the text, because PostgreSQL reads a parameter there as text. */
  const byId = (value: (look: Look) => string): string =>
    `CASE id ${looks.map((look, i) => `WHEN :id${i} THEN ${value(look)}`).join(' ')} END`;
  const { affected } = await tokens
    .createQueryBuilder()
    .update()
    .set({
      warnAt: () => byId(({ schedule }) => String(schedule.warnAt)),
      warnCount: () => byId(({ schedule }) => String(schedule.warnCount)),
    })
    .where('id IN (:...ids)', { ids })
    .andWhere(byId(asRead))
    .setParameters(Object.fromEntries(ids.map((id, i) => [`id${i}`, id])))
    .execute();
  return affected ?? 0;
}

/** Every change of an operator has another revision. */
const asRead = ({ token: { revision, warnAt, warnCount } }: Look): string =>
  `revision = ${revision} AND warn_at = ${warnAt} AND warn_count = ${warnCount}`;
