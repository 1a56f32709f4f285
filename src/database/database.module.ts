import { Global, Module } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { dataSourceOptions, openServer } from './data.source.js';
import { DatabaseLockModule } from './database.lock.module.js';
import { DurabilityWatch } from './durability.watch.js';
import { DatabaseService } from './database.service.js';
import { SqliteFileLock } from './sqlite/sqlite.file.js';
import { openSqlite } from './sqlite/sqlite.source.js';
import { ReadyGate } from './pools/ready.gate.js';
import { DatabaseBootstrap } from './database.bootstrap.js';

/** Nest passes only the options to the factory of the data source, so they carry what it needs besides. */
type CarriedOptions = DataSourceOptions & { config: AppConfig; gate: ReadyGate; lock: SqliteFileLock };

const options = (config: AppConfig, gate: ReadyGate, lock: SqliteFileLock): TypeOrmModuleOptions =>
  ({ ...dataSourceOptions(config.database), autoLoadEntities: true, retryAttempts: 0, config, gate, lock }) as object;

/** The lock of a refused file is released, so that the command that repairs it can open the file. */
async function open({ config, gate, lock, ...rest }: CarriedOptions): Promise<DataSource> {
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
      dataSourceFactory: async (passed) => open(passed as unknown as CarriedOptions),
    }),
  ],
  providers: [DatabaseService, DatabaseBootstrap, DurabilityWatch],
  exports: [DatabaseService, DatabaseBootstrap, DurabilityWatch, DatabaseLockModule],
})
export class DatabaseModule {}
