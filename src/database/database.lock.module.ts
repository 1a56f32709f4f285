import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { prepareSqliteFile, SqliteFileLock } from './sqlite.file.js';

/** Takes the file before anything opens it: the data source asks for this provider. */
@Global()
@Module({
  providers: [
    {
      provide: SqliteFileLock,
      inject: [AppConfig],
      useFactory: ({ database }: AppConfig) => {
        prepareSqliteFile(database.path);
        return SqliteFileLock.take(database.path);
      },
    },
  ],
  exports: [SqliteFileLock],
})
export class DatabaseLockModule {}
