import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SqliteFileLock } from './sqlite/sqlite.file.js';

/** Changes no row and waits for no lock. A standby and a read-only server refuse it. */
const WRITE = `UPDATE projects SET name = name WHERE id = ''`;

/** Checks that the database can serve requests. */
@Injectable()
export class DatabaseService implements OnApplicationShutdown {
  constructor(
    private readonly dataSource: DataSource,
    private readonly lock: SqliteFileLock,
  ) {}

  /** Throws when the database refuses writes: every take is a write. */
  async check(): Promise<void> {
    await this.dataSource.transaction(async (manager) => manager.query(WRITE));
  }

  onApplicationShutdown(): void {
    this.lock.release();
  }
}
