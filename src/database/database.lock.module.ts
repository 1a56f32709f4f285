import { Module } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { prepareSqliteFile, SqliteFileLock } from './sqlite/sqlite.file.js';
import { ReadyGate } from './pools/ready.gate.js';

/** What the data source needs first: the lock of a SQLite file, and the gate of a database server. */
@Module({
  providers: [
    {
      provide: SqliteFileLock,
      inject: [AppConfig],
      useFactory: ({ database }: AppConfig) => {
        if (database.driver !== 'sqlite') return SqliteFileLock.none;
        prepareSqliteFile(database.path);
        return SqliteFileLock.take(database.path);
      },
    },
    {
      // Injects the lock, so that the file is locked before anything that needs the gate exists.
      provide: ReadyGate,
      inject: [SqliteFileLock],
      useFactory: () => new ReadyGate(),
    },
  ],
  exports: [SqliteFileLock, ReadyGate],
})
export class DatabaseLockModule {}
