import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SqliteFileLock } from './sqlite/sqlite.file.js';

/** Changes no row and waits for no lock. A standby and a read-only server refuse it. */
const WRITE = `UPDATE projects SET name = name WHERE id = ''`;

/** Checks that the database can serve requests. */
@Injectable()
export class DatabaseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly lock: SqliteFileLock,
  ) {}

  /** Throws when the database refuses writes: every take is a write. */
  async check(): Promise<void> {
    await this.dataSource.transaction(async (manager) => manager.query(WRITE));
  }

  /** Before another process may open a SQLite file, this one has closed it. */
  async close(): Promise<void> {
    try {
      if (this.dataSource.isInitialized) await this.dataSource.destroy();
    } finally {
      this.lock.release();
    }
  }
}
