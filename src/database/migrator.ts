import type { DataSource, Migration, QueryRunner } from 'typeorm';
import { MigrationExecutor } from 'typeorm/migration/MigrationExecutor.js';
import { withMigrationLock } from './migration.lock.js';
import { liftLimit } from './pools/statement.limit.js';

export interface MigrationStatus {
  /** Names of what was run, oldest first. */
  applied: string[];
  pending: string[];
}

/** Runs the migrations of PostgreSQL and MySQL, one process at a time. */
export class Migrator {
  constructor(private readonly dataSource: DataSource) {}

  /** Runs what is pending; the names of it. */
  async up(signal?: AbortSignal): Promise<string[]> {
    return this.alone(async (executor, runner) => {
      if ((await executor.getPendingMigrations()).length === 0) return [];
      await liftLimit(runner);
      return names(await executor.executePendingMigrations());
    }, signal);
  }

  /** Takes the last one back; its name, or nothing when there was none. */
  async down(): Promise<string | undefined> {
    return this.alone(async (executor) => {
      const last = newestFirst(await executor.getExecutedMigrations())[0];
      if (last) await executor.undoLastMigration();
      return last?.name;
    });
  }

  async status(): Promise<MigrationStatus> {
    const executor = new MigrationExecutor(this.dataSource);
    const applied = names(newestFirst(await executor.getExecutedMigrations()).toReversed());
    const pending = names(await executor.getPendingMigrations());
    return { applied, pending };
  }

  private async alone<T>(
    work: (executor: MigrationExecutor, runner: QueryRunner) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const runner: QueryRunner = this.dataSource.createQueryRunner();
    try {
      const executor = new MigrationExecutor(this.dataSource, runner);
      executor.transaction = 'each';
      return await withMigrationLock(runner, async () => work(executor, runner), signal);
    } finally {
      await runner.release();
    }
  }
}

const names = (migrations: Migration[]): string[] => migrations.map(({ name }) => name);
const newestFirst = (migrations: Migration[]): Migration[] => migrations.toSorted((a, b) => b.timestamp - a.timestamp);
