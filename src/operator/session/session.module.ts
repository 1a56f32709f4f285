import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../../auth/auth.module.js';
import { SessionEntity } from '../../auth/session/session.entity.js';
import { ChangesModule } from '../../changes/changes.module.js';
import { LastingSessions } from './lasting.sessions.js';
import { SessionCleanup } from './session.cleanup.js';
import { SessionController } from './session.controller.js';
import { SessionService } from './session.service.js';
import { SessionsController } from './sessions.controller.js';

/** Begins, lists and ends sessions of the web interface. */
@Module({
  imports: [AuthModule, ChangesModule, TypeOrmModule.forFeature([SessionEntity])],
  controllers: [SessionController, SessionsController],
  providers: [SessionService, LastingSessions, SessionCleanup],
})
export class SessionModule {}
