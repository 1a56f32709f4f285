import { Module } from '@nestjs/common';
import { CryptoModule } from '../crypto/crypto.module.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChangesModule } from '../changes/changes.module.js';
import { EventsModule } from '../events/events.module.js';
import { ProjectModule } from '../project/project.module.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { ImportedTokens } from './imported.tokens.js';
import { LedgerSql } from './ledger/ledger.sql.js';
import { OwnTokenController } from './own/own.token.controller.js';
import { OwnTokenGuard } from './own/own.token.guard.js';
import { OwnTokenLimit } from './own/own.token.limit.js';
import { ReplaceController } from './replacement/replace.controller.js';
import { ReplaceService } from './replacement/replace.service.js';
import { TokenCounts } from './listing/token.counts.js';
import { TokenLists } from './listing/token.lists.js';
import { LookupController } from './lookup/lookup.controller.js';
import { TokenFinder } from './lookup/token.finder.js';
import { RevokeController } from './revocation/revoke.controller.js';
import { RevokeService } from './revocation/revoke.service.js';
import { TokenSums } from './status/token.sums.js';
import { TokenViews } from './status/token.views.js';
import { InFlightRegistry } from './in.flight.registry.js';
import { TokenAuthenticator } from './token.authenticator.js';
import { TokenCache } from './token.cache.js';
import { TokenController } from './token.controller.js';
import { TokenEntity } from './token.entity.js';
import { TokenInvalidation } from './token.invalidation.js';
import { TokenKeyCheck } from './token.key.check.js';
import { TokenLedger } from './ledger/token.ledger.js';
import { UnknownTokenLimit } from './unknown.token.limit.js';
import { TokenLookup } from './token.lookup.js';
import { TokenService } from './token.service.js';
import { RequestCounter } from './ledger/request.counter.js';
import { TokenPurge } from './retention/token.purge.js';
import { CapWatch } from './warnings/cap.watch.js';
import { TokenWarnings } from './warnings/token.warnings.js';
import { WarningSweep } from './warnings/warning.sweep.js';

@Module({
  imports: [
    CryptoModule,
    TypeOrmModule.forFeature([TokenEntity]),
    ProjectModule,
    ChangesModule,
    EventsModule,
    ReplicasModule,
  ],
  controllers: [TokenController, LookupController, RevokeController, ReplaceController, OwnTokenController],
  providers: [
    TokenService,
    ReplaceService,
    OwnTokenGuard,
    OwnTokenLimit,
    TokenAuthenticator,
    TokenLookup,
    UnknownTokenLimit,
    ImportedTokens,
    TokenCache,
    TokenInvalidation,
    TokenLedger,
    RequestCounter,
    LedgerSql,
    InFlightRegistry,
    TokenKeyCheck,
    CapWatch,
    TokenPurge,
    TokenWarnings,
    WarningSweep,
    TokenViews,
    TokenSums,
    TokenLists,
    TokenCounts,
    TokenFinder,
    RevokeService,
  ],
  exports: [
    TokenAuthenticator,
    ImportedTokens,
    TokenInvalidation,
    TokenLedger,
    RequestCounter,
    CapWatch,
    InFlightRegistry,
    TokenService,
    TokenLists,
    TokenViews,
    TokenSums,
  ],
})
export class TokenModule {}
