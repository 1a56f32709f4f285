import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { fileIdentity, SqliteFileLock } from './sqlite.file.js';

/** Says whether the store can decide requests. */
@Injectable()
export class DatabaseService implements OnApplicationShutdown {
  private readonly file: string | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: AppConfig,
    private readonly lock: SqliteFileLock,
  ) {
    this.file = fileIdentity(config.database.path);
  }

  /** Throws when the store does not answer or its file is no longer the one that was opened. */
  async check(): Promise<void> {
    if (fileIdentity(this.config.database.path) !== this.file) throw new Error('the database file is gone');
    await this.dataSource.query('SELECT 1 FROM projects LIMIT 1');
  }

  onApplicationShutdown(): void {
    this.lock.release();
  }
}
