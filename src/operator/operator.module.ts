import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { OperatorEntity } from '../auth/operator.entity.js';
import { ChangesModule } from '../changes/changes.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { AuthorCheck } from './author.check.js';
import { OperatorController } from './operator.controller.js';
import { OperatorInvalidation } from './operator.invalidation.js';
import { OperatorKeyCheck } from './operator.key.check.js';
import { OperatorService } from './operator.service.js';
import { WhoAmIController } from './whoami.controller.js';

@Module({
  imports: [AuthModule, ChangesModule, CryptoModule, TypeOrmModule.forFeature([OperatorEntity])],
  controllers: [OperatorController, WhoAmIController],
  providers: [AuthorCheck, OperatorService, OperatorInvalidation, OperatorKeyCheck],
})
export class OperatorModule {}
