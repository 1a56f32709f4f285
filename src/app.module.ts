import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import type { AppConfig } from './config/app.config.js';
import { CoreModule } from './core.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import type { Lifecycle } from './http/lifecycle.js';
import { OperatorModule } from './operator/operator.module.js';
import { SessionModule } from './operator/session/session.module.js';
import { ProjectModule } from './project/project.module.js';
import { ProxyModule } from './proxy/proxy.module.js';
import { ReportingModule } from './reporting/reporting.module.js';
import { TokenModule } from './token/token.module.js';

/** The modules of a server. */
@Module({})
export class AppModule {
  static forRoot(config: AppConfig, lifecycle: Lifecycle): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CoreModule.forRoot({ config, role: 'server', lifecycle }),
        AuthModule,
        EventsModule,
        OperatorModule,
        ProjectModule,
        TokenModule,
        ProxyModule,
        HealthModule,
        ReportingModule,
        ...(config.admin.enabled ? [SessionModule] : []),
      ],
    };
  }
}
