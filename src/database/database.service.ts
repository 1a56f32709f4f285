import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SqliteFileLock } from './sqlite/sqlite.file.js';

/** Changes no row and waits for none, and is refused where nothing may be written: by a standby, or a server made read-only. */
const WRITE = `UPDATE projects SET name = name WHERE id = ''`;

/** Says whether the store can decide requests. */
@Injectable()
export class DatabaseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly lock: SqliteFileLock,
  ) {}

  /** Throws when the store cannot be written: a take is a write. */
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
