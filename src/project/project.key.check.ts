import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { assertKeyFits } from '../crypto/key.mismatch.js';
import { KeyRing } from '../crypto/key.ring.js';
import { DatabaseBootstrap } from '../database/database.bootstrap.js';
import { ProjectEntity } from './project.entity.js';

/** Throws StartError for keys under which no upstream key opens. */
export async function assertUpstreamKeysOpen(manager: EntityManager, ring: KeyRing): Promise<void> {
  await assertKeyFits(ring, {
    kind: 'enc:v2',
    findOne: async (value) => (await manager.findOneBy(ProjectEntity, { apiKey: value }))?.apiKey ?? undefined,
  });
}

/** Refuses to start with an ENCRYPTION_KEY that is not the one the stored upstream keys were sealed with. */
@Injectable()
export class ProjectKeyCheck implements OnModuleInit {
  constructor(
    private readonly store: DatabaseBootstrap,
    private readonly ring: KeyRing,
  ) {}

  onModuleInit(): void {
    this.store.addCheck(async (manager) => assertUpstreamKeysOpen(manager, this.ring));
  }
}
