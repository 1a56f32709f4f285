import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { prepareSqliteFile, SqliteFileLock } from './sqlite/sqlite.file.js';
import { ReadyGate } from './pools/ready.gate.js';

/** What has to be there before the data source: the lock on a SQLite file, the gate before a server. */
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
      // After the lock: what asks for the gate gets a file that is ours.
      provide: ReadyGate,
      inject: [SqliteFileLock],
      useFactory: () => new ReadyGate(),
    },
  ],
  exports: [SqliteFileLock, ReadyGate],
})
export class DatabaseLockModule {}
