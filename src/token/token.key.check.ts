import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';
import { Clock } from '../common/values/clock.js';
import { assertKeyFits } from '../crypto/key.mismatch.js';
import { KeyRing } from '../crypto/key.ring.js';
import { DatabaseBootstrap } from '../database/database.bootstrap.js';
import { TokenEntity } from './token.entity.js';

/** Throws StartupError when the configured keys hashed none of the tokens in use. */
export async function assertTokensKnown(manager: EntityManager, ring: KeyRing, nowMs: number): Promise<void> {
  const inUse = { isActive: true, expiresAt: MoreThan(nowMs) };
  await assertKeyFits(ring, {
    kind: 'hmac',
    findOne: async (value) => (await manager.findOneBy(TokenEntity, { ...inUse, secretHash: value }))?.secretHash,
  });
}

/** Refuses to start with another ENCRYPTION_KEY than the one that hashed the tokens in use. */
@Injectable()
export class TokenKeyCheck implements OnModuleInit {
  constructor(
    private readonly bootstrap: DatabaseBootstrap,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.bootstrap.addCheck(async (manager) => assertTokensKnown(manager, this.ring, this.clock.now()));
  }
}
