import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { prepareSqliteFile, SqliteFileLock } from './sqlite/sqlite.file.js';
import { ReadyGate } from './pools/ready.gate.js';

/** Providers that the data source needs: the lock on a SQLite file, the gate of a database server. */
@Global()
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
      // It needs the lock, so that a provider with the gate finds the file locked for this process.
      provide: ReadyGate,
      inject: [SqliteFileLock],
      useFactory: () => new ReadyGate(),
    },
  ],
  exports: [SqliteFileLock, ReadyGate],
})
export class DatabaseLockModule {}
