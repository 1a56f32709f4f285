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

/** Where the schema of a database stands. A SQLite file has a version, a server's database has migrations. */
export interface SchemaStatus {
  driver: DatabaseConfig['driver'];
  isCurrent: boolean;
  /** Of a SQLite file; 0 for one that is not there yet. */
  version?: number;
  applied: string[];
  pending: string[];
}

/** The schema of the configured database, for an operator. */
export class DatabaseSchema {
  constructor(
    private readonly config: DatabaseConfig,
    private readonly entities: Entities,
  ) {}

  async status(): Promise<SchemaStatus> {
    const { driver } = this.config;
    if (driver === 'sqlite') {
      const version = this.fileVersion();
      return { driver, isCurrent: version === SCHEMA_VERSION, version, applied: [], pending: [] };
    }
    const { applied, pending } = await this.onServer(async (migrator) => migrator.status());
    return { driver, isCurrent: pending.length === 0, applied, pending };
  }

  /** Makes the schema current: what was done, by name. An older SQLite file is refused with the command that rebuilds it. */
  async up(): Promise<string[]> {
    if (this.config.driver !== 'sqlite') return this.onServer(async (migrator) => migrator.up());
    const isNew = this.fileVersion() === 0;
    await (await openOrCreate(this.config, this.entities)).destroy();
    return isNew ? [`version ${SCHEMA_VERSION}`] : [];
  }

  /**
   * Takes the last migration back, and the data that it had made room for; its name, or nothing when there is none.
   * `before` throws when that must not be.
   */
  async down(before: (dataSource: DataSource, name: string) => Promise<void>): Promise<string | undefined> {
    if (this.config.driver === 'sqlite')
      throw new StartupError(EXIT.config, [
        'DB_DRIVER is sqlite: there are no migrations to take back. `migrate rebuild` keeps the older file, which the older program reads',
      ]);
    return this.onServer(async (migrator, dataSource) => {
      const last = (await migrator.status()).applied.at(-1);
      if (last === undefined) return undefined;
      await before(dataSource, last);
      return migrator.down();
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
      return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
    } catch (cause) {
      throw Object.assign(fileRefusal(path, cause) ?? damagedFile(path), { cause });
    } finally {
      db.close();
    }
  }
}
