import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ChangePush } from './change.push.js';
import { COUNTER_ID } from './revision.entity.js';

/**
 * Makes every replica look for questions. The poll of changes reads one column more for it: while nobody asks, that is
 * all that questions cost.
 */
@Injectable()
export class QuestionCounter {
  constructor(
    private readonly dataSource: DataSource,
    private readonly push: ChangePush,
  ) {}

  /**
   * Commits what `write` writes, and counts one question more. The lock of the counter is held for its commit alone: changes
   * wait for it too.
   */
  async increment(write: (manager: EntityManager) => Promise<unknown>): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await write(manager);
      await manager.query(`UPDATE revisions SET asked = asked + 1 WHERE id = ${COUNTER_ID}`);
    });
    this.push.nudge(this.dataSource.manager);
  }
}
