import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { assertKeyFits } from '../crypto/key.mismatch.js';
import { KeyRing } from '../crypto/key.ring.js';
import { ProjectEntity } from './project.entity.js';

/** Refuses to start with an ENCRYPTION_KEY that is not the one the stored upstream keys were sealed with. */
@Injectable()
export class ProjectKeyCheck implements OnModuleInit {
  constructor(
    @InjectRepository(ProjectEntity) private readonly projects: Repository<ProjectEntity>,
    private readonly ring: KeyRing,
  ) {}

  async onModuleInit(): Promise<void> {
    await assertKeyFits(this.ring, {
      kind: 'enc:v2',
      findOne: async (value) => (await this.projects.findOneBy({ apiKey: value }))?.apiKey ?? undefined,
    });
  }
}
