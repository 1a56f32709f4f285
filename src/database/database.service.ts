import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SqliteFileLock } from './sqlite.file.js';

/** Says whether the store can decide requests. */
@Injectable()
export class DatabaseService implements OnApplicationShutdown {
  constructor(
    private readonly dataSource: DataSource,
    private readonly lock: SqliteFileLock,
  ) {}

  /** Throws when the store cannot be read or written. A take is a write: a transaction that may write is the question. */
  async check(): Promise<void> {
    await this.dataSource.transaction(async (manager) => manager.query('SELECT 1 FROM projects LIMIT 1'));
  }

  onApplicationShutdown(): void {
    this.lock.release();
  }
}
