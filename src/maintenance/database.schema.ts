import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { DataSource } from 'typeorm';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import type { DatabaseConfig } from '../config/app.config.js';
import { openOrCreate } from './create.database.js';
import type { Entities } from '../database/data.source.js';
import { Migrator } from '../database/migrator.js';
import { openServerForMaintenance } from './open.database.js';
import { damagedFile, fileRefusal } from '../database/sqlite/sqlite.file.js';
import { SCHEMA_VERSION } from '../database/sqlite/sqlite.schema.js';
import { ownCommand } from '../common/values/own.command.js';
import { assertEventFile, eventFileOf } from '../events/store/event.file.js';
import { type EventFileStatus, eventFileStatus } from './event.file.status.js';
import { versionOf } from './sqlite.rebuild.js';

/** The state of a database's schema. A SQLite file has a version, PostgreSQL and MySQL have migrations. */
export interface SchemaStatus {
  driver: DatabaseConfig['driver'];
  isCurrent: boolean;
  /** Only for SQLite; 0 when the file does not exist. */
  version?: number;
  /** Only for SQLite: the second file. `isCurrent` is about both. */
  events?: EventFileStatus;
  applied: string[];
  pending: string[];
}

/** The schema of the configured database, for the `migrate` commands. */
export class DatabaseSchema {
  constructor(
    private readonly config: DatabaseConfig,
    private readonly entities: Entities,
  ) {}

  async status(): Promise<SchemaStatus> {
    const { driver } = this.config;
    if (driver === 'sqlite') {
      const version = this.fileVersion();
      const events = eventFileStatus(this.config);
      const isCurrent = version === SCHEMA_VERSION && events.isCurrent;
      return { driver, isCurrent, version, events, applied: [], pending: [] };
    }
    const { applied, pending } = await this.onServer(async (migrator) => migrator.status());
    return { driver, isCurrent: pending.length === 0, applied, pending };
  }

  /** Makes the schema current and returns the names of the steps. Refuses an older SQLite file with the command that rebuilds it. */
  async up(): Promise<string[]> {
    if (this.config.driver !== 'sqlite') return this.onServer(async (migrator) => migrator.up());
    assertEventFile(eventFileOf(this.config.path));
    const isNew = this.fileVersion() === 0;
    await (await openOrCreate(this.config, this.entities)).destroy();
    return isNew ? [`version ${SCHEMA_VERSION}`] : [];
  }

  /**
   * Reverts the last migration, which deletes the data in its columns and tables, and returns its name; undefined when there
   * is none. `before` runs first and may throw to prevent it, `after` runs last.
   */
  async down(
    before: (dataSource: DataSource, name: string) => Promise<void>,
    after: (dataSource: DataSource, name: string) => Promise<void> = async () => undefined,
  ): Promise<string | undefined> {
    if (this.config.driver === 'sqlite')
      throw new StartupError(EXIT.config, [
        `DB_DRIVER is sqlite: there are no migrations to revert. \`${ownCommand('migrate rebuild')}\` has kept the older file for the older program`,
      ]);
    return this.onServer(async (migrator, dataSource) => {
      const last = (await migrator.status()).applied.at(-1);
      if (last === undefined) return undefined;
      await before(dataSource, last);
      const reverted = await migrator.down();
      if (reverted !== undefined) await after(dataSource, reverted);
      return reverted;
    });
  }

  private async onServer<T>(work: (migrator: Migrator, dataSource: DataSource) => Promise<T>): Promise<T> {
    const dataSource = await openServerForMaintenance(this.config, this.entities);
    try {
      return await work(new Migrator(dataSource), dataSource);
    } finally {
      await dataSource.destroy();
    }
  }

  private fileVersion(): number {
    const { path } = this.config;
    if (!existsSync(path)) return 0;
    const db = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
    try {
      return versionOf(db);
    } catch (cause) {
      throw Object.assign(fileRefusal(path, cause) ?? damagedFile(path), { cause });
    } finally {
      db.close();
    }
  }
}
