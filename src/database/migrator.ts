import type { DataSource, Migration, QueryRunner } from 'typeorm';
import { MigrationExecutor } from 'typeorm/migration/MigrationExecutor.js';
import { withMigrationLock } from './migration.lock.js';
import { liftLimit } from './pools/statement.limit.js';

export interface MigrationStatus {
  /** Names of the applied migrations, oldest first. */
  applied: string[];
  pending: string[];
}

/** Runs the migrations of PostgreSQL and MySQL, one process at a time. */
export class Migrator {
  constructor(private readonly dataSource: DataSource) {}

  /** Runs the pending migrations and returns their names. */
  async up(signal?: AbortSignal): Promise<string[]> {
    return this.withLock(async (executor, runner) => {
      if ((await executor.getPendingMigrations()).length === 0) return [];
      await liftLimit(runner);
      return names(await executor.executePendingMigrations());
    }, signal);
  }

  /** Reverts the last migration and returns its name; undefined when there is none. */
  async down(): Promise<string | undefined> {
    return this.withLock(async (executor) => {
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

  private async withLock<T>(
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
