import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { KeyRing } from '../crypto/key.ring.js';
import { madeWithAnotherKey, wrongKey } from '../project/key.check.js';
import { TokenEntity } from './token.entity.js';

/** Refuses to start with an ENCRYPTION_KEY under which tokens in use would all be unknown. */
@Injectable()
export class TokenKeyCheck implements OnModuleInit {
  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly ring: KeyRing,
  ) {}

  async onModuleInit(): Promise<void> {
    const row = await this.tokens.findOneBy({ isActive: true, secretHash: madeWithAnotherKey('hmac', this.ring) });
    if (row) throw wrongKey(this.ring, row.secretHash.split(':')[1]);
  }
}
