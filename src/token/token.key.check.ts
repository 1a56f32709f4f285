import { Injectable, type OnModuleInit } from '@nestjs/common';
import { assertKeyFits } from '../crypto/key.mismatch.js';
import { KeyRing } from '../crypto/key.ring.js';
import { StoreOpening } from '../database/store.opening.js';
import { TokenEntity } from './token.entity.js';

/** Refuses to start with an ENCRYPTION_KEY under which every token in use would be unknown. */
@Injectable()
export class TokenKeyCheck implements OnModuleInit {
  constructor(
    private readonly store: StoreOpening,
    private readonly ring: KeyRing,
  ) {}

  onModuleInit(): void {
    this.store.whenMigrated(async (manager) =>
      assertKeyFits(this.ring, {
        kind: 'hmac',
        findOne: async (value) =>
          (await manager.findOneBy(TokenEntity, { isActive: true, secretHash: value }))?.secretHash ?? undefined,
      }),
    );
  }
}
