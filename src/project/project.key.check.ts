import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { assertKeyFits } from '../crypto/key.mismatch.js';
import { KeyRing } from '../crypto/key.ring.js';
import { DatabaseBootstrap } from '../database/database.bootstrap.js';
import { ProjectEntity } from './project.entity.js';

/** Throws StartupError when the configured keys encrypted none of the stored upstream keys. */
export async function assertUpstreamKeysOpen(manager: EntityManager, ring: KeyRing): Promise<void> {
  await assertKeyFits(ring, {
    kind: 'enc:v2',
    findOne: async (value) => (await manager.findOneBy(ProjectEntity, { apiKey: value }))?.apiKey ?? undefined,
  });
}

/** Refuses to start with another ENCRYPTION_KEY than the one that encrypted the stored upstream keys. */
@Injectable()
export class ProjectKeyCheck implements OnModuleInit {
  constructor(
    private readonly bootstrap: DatabaseBootstrap,
    private readonly ring: KeyRing,
  ) {}

  onModuleInit(): void {
    this.bootstrap.addCheck(async (manager) => assertUpstreamKeysOpen(manager, this.ring));
  }
}
