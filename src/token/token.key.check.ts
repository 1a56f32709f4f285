import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { assertKeyFits } from '../crypto/key.mismatch.js';
import { KeyRing } from '../crypto/key.ring.js';
import { TokenEntity } from './token.entity.js';

/** Refuses to start with an ENCRYPTION_KEY under which every token in use would be unknown. */
@Injectable()
export class TokenKeyCheck implements OnModuleInit {
  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly ring: KeyRing,
  ) {}

  async onModuleInit(): Promise<void> {
    await assertKeyFits(this.ring, {
      kind: 'hmac',
      findOne: async (value) => (await this.tokens.findOneBy({ isActive: true, secretHash: value }))?.secretHash,
    });
  }
}
