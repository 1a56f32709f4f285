import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { And, type FindOperator, Like, Not, Repository } from 'typeorm';
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
    const row = await this.projects.findOneBy({ apiKey: madeWithAnotherKey('enc:v2', this.ring) });
    if (row?.apiKey) throw wrongKey(this.ring, row.apiKey.split(':')[2]);
  }
}

/** Finds stored values of the form `<kind>:<key id>:…` that the key at hand did not make. */
export function madeWithAnotherKey(kind: string, { keyId }: KeyRing): FindOperator<string> {
  const made = Like(`${kind}:%`);
  return keyId ? And(made, Not(Like(`${kind}:${keyId}:%`))) : made;
}

export function wrongKey({ keyId }: KeyRing, needed: string | undefined): StartError {
  return new StartError(EXIT.config, [
    keyId
      ? `ENCRYPTION_KEY is not the key the database was written with (it is ${keyId}, stored values need ${needed})`
      : `ENCRYPTION_KEY is not set, but the database was written with one (stored values need ${needed})`,
  ]);
}
