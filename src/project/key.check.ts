import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { And, Like, Not, Repository } from 'typeorm';
import { EXIT, StartError } from '../common/start.error.js';
import { KeyRing } from '../crypto/key.ring.js';
import { ProjectEntity } from './project.entity.js';

/** Refuses to start with an ENCRYPTION_KEY that is not the one the stored upstream keys were sealed with. */
@Injectable()
export class KeyCheck implements OnModuleInit {
  constructor(
    @InjectRepository(ProjectEntity) private readonly projects: Repository<ProjectEntity>,
    private readonly ring: KeyRing,
  ) {}

  async onModuleInit(): Promise<void> {
    const sealed = Like('enc:v2:%');
    const row = await this.projects.findOneBy({
      apiKey: this.ring.keyId ? And(sealed, Not(Like(`enc:v2:${this.ring.keyId}:%`))) : sealed,
    });
    if (!row) return;
    const needed = row.apiKey?.split(':')[2];
    throw new StartError(EXIT.config, [
      this.ring.keyId
        ? `ENCRYPTION_KEY is not the key the database was written with (it is ${this.ring.keyId}, stored values need ${needed})`
        : `ENCRYPTION_KEY is not set, but the database was written with one (stored values need ${needed})`,
    ]);
  }
}
