import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DATABASE_CLOCK, dialectOf } from './dialect/dialect.js';
import { SqliteFileLock } from './sqlite/sqlite.file.js';

/** Changes no row and waits for no lock. A standby and a read-only server refuse it. */
const WRITE = `UPDATE projects SET name = name WHERE id = ''`;
/** On SQLite the disk may be full: a row is written, that of the one process that uses the file. */
const WRITE_SQLITE = `UPDATE replicas SET seen_at = max(seen_at + 1, ${DATABASE_CLOCK.sqlite})`;

/** Checks that the database can serve requests. */
@Injectable()
export class DatabaseService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly lock: SqliteFileLock,
  ) {}

  /** Throws when the database refuses writes: every take is a write. */
  async check(): Promise<void> {
    const write = dialectOf(this.dataSource) === 'sqlite' ? WRITE_SQLITE : WRITE;
    await this.dataSource.transaction(async (manager) => manager.query(write));
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
