import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OperatorEntity } from '../auth/operator.entity.js';
import { assertKeyFits } from '../crypto/key.mismatch.js';
import { KeyRing } from '../crypto/key.ring.js';
import { DatabaseBootstrap } from '../database/database.bootstrap.js';

/** Throws StartupError when the configured keys hashed the credentials of none of the active operators. */
export async function assertOperatorsKnown(manager: EntityManager, ring: KeyRing): Promise<void> {
  await assertKeyFits(ring, {
    kind: 'hmac',
    findOne: async (value) =>
      (await manager.findOneBy(OperatorEntity, { isActive: true, secretHash: value }))?.secretHash,
  });
}

/** Refuses to start with another ENCRYPTION_KEY than the one that hashed the credentials in use. */
@Injectable()
export class OperatorKeyCheck implements OnModuleInit {
  constructor(
    private readonly bootstrap: DatabaseBootstrap,
    private readonly ring: KeyRing,
  ) {}

  onModuleInit(): void {
    this.bootstrap.addCheck(async (manager) => assertOperatorsKnown(manager, this.ring));
  }
}
