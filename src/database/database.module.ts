import { Global, Module } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { dataSourceOptions, openServer } from './data.source.js';
import { DatabaseLockModule } from './database.lock.module.js';
import { DatabaseService } from './database.service.js';
import { openSqlite } from './sqlite.source.js';
import { StoreGate } from './store.gate.js';
import { StoreOpening } from './store.opening.js';

/** Nest hands only its options to the factory of the data source: what that needs besides travels with them. */
type Carried = DataSourceOptions & { config: AppConfig; gate: StoreGate };

const options = (config: AppConfig, gate: StoreGate): TypeOrmModuleOptions =>
  ({ ...dataSourceOptions(config.database), autoLoadEntities: true, retryAttempts: 0, config, gate }) as object;

/** The one data source; a SQLite file is opened after it is locked. */
@Global()
@Module({
  imports: [
    DatabaseLockModule,
    TypeOrmModule.forRootAsync({
      imports: [DatabaseLockModule],
      inject: [AppConfig, StoreGate],
      useFactory: options,
      dataSourceFactory: async (given) => {
        const { config, gate, ...rest } = given as unknown as Carried;
        return config.database.driver === 'sqlite' ? openSqlite(rest) : openServer(rest, config.database, gate);
      },
    }),
  ],
  providers: [DatabaseService, StoreOpening],
  exports: [DatabaseService, StoreOpening, DatabaseLockModule],
})
export class DatabaseModule {}
