import { Injectable, type OnModuleInit } from '@nestjs/common';
import { assertKeyFits } from '../crypto/key.mismatch.js';
import { KeyRing } from '../crypto/key.ring.js';
import { StoreOpening } from '../database/store.opening.js';
import { ProjectEntity } from './project.entity.js';

/** Refuses to start with an ENCRYPTION_KEY that is not the one the stored upstream keys were sealed with. */
@Injectable()
export class ProjectKeyCheck implements OnModuleInit {
  constructor(
    private readonly store: StoreOpening,
    private readonly ring: KeyRing,
  ) {}

  onModuleInit(): void {
    this.store.whenMigrated(async (manager) =>
      assertKeyFits(this.ring, {
        kind: 'enc:v2',
        findOne: async (value) => (await manager.findOneBy(ProjectEntity, { apiKey: value }))?.apiKey ?? undefined,
      }),
    );
  }
}
