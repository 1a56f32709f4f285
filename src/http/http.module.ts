import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from '../common/values/clock.js';
import { Lifecycle } from './lifecycle.js';

/** What every room shares and no room owns. */
@Global()
@Module({})
export class CommonModule {
  static forRoot(lifecycle: Lifecycle): DynamicModule {
    return {
      module: CommonModule,
      providers: [Clock, { provide: Lifecycle, useValue: lifecycle }],
      exports: [Clock, Lifecycle],
    };
  }
}
