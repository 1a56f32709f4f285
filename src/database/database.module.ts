import { Global, Module } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { dataSourceOptions, openServer } from './data.source.js';
import { DatabaseLockModule } from './database.lock.module.js';
import { DatabaseService } from './database.service.js';
import { SqliteFileLock } from './sqlite/sqlite.file.js';
import { openSqlite } from './sqlite/sqlite.source.js';
import { ReadyGate } from './pools/ready.gate.js';
import { DatabaseBootstrap } from './database.bootstrap.js';

/** Nest hands only its options to the factory of the data source: what that needs besides travels with them. */
type Carried = DataSourceOptions & { config: AppConfig; gate: ReadyGate; lock: SqliteFileLock };

const options = (config: AppConfig, gate: ReadyGate, lock: SqliteFileLock): TypeOrmModuleOptions =>
  ({ ...dataSourceOptions(config.database), autoLoadEntities: true, retryAttempts: 0, config, gate, lock }) as object;

/** A file that is refused is let go of, so that the command that mends it can have it. */
async function open({ config, gate, lock, ...rest }: Carried): Promise<DataSource> {
  if (config.database.driver !== 'sqlite') return openServer(rest, config.database, gate);
  return openSqlite(rest).catch((error: unknown) => {
    lock.release();
    throw error;
  });
}

/** The one data source; a SQLite file is opened after it is locked. */
@Global()
@Module({
  imports: [
    DatabaseLockModule,
    TypeOrmModule.forRootAsync({
      imports: [DatabaseLockModule],
      inject: [AppConfig, ReadyGate, SqliteFileLock],
      useFactory: options,
      dataSourceFactory: async (given) => open(given as unknown as Carried),
    }),
  ],
  providers: [DatabaseService, DatabaseBootstrap],
  exports: [DatabaseService, DatabaseBootstrap, DatabaseLockModule],
})
export class DatabaseModule {}
