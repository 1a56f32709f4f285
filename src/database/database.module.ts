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

/** Nest passes only these options to the factory of the data source, so they carry what else the factory needs. */
type FactoryOptions = DataSourceOptions & { config: AppConfig; gate: ReadyGate; lock: SqliteFileLock };

const options = (config: AppConfig, gate: ReadyGate, lock: SqliteFileLock): TypeOrmModuleOptions =>
  ({ ...dataSourceOptions(config.database), autoLoadEntities: true, retryAttempts: 0, config, gate, lock }) as object;

/** Releases the lock on a refused file, so that a command can repair the file. */
async function open({ config, gate, lock, ...rest }: FactoryOptions): Promise<DataSource> {
  if (config.database.driver !== 'sqlite') return openServer(rest, config.database, gate);
  return openSqlite(rest).catch((error: unknown) => {
    lock.release();
    throw error;
  });
}

/** The one data source. A SQLite file is locked before it is opened. */
@Global()
@Module({
  imports: [
    DatabaseLockModule,
    TypeOrmModule.forRootAsync({
      imports: [DatabaseLockModule],
      inject: [AppConfig, ReadyGate, SqliteFileLock],
      useFactory: options,
      dataSourceFactory: async (given) => open(given as unknown as FactoryOptions),
    }),
  ],
  providers: [DatabaseService, DatabaseBootstrap],
  exports: [DatabaseService, DatabaseBootstrap, DatabaseLockModule],
})
export class DatabaseModule {}
