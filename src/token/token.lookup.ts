import type { IncomingMessage } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { TokenHasher } from '../crypto/token.hasher.js';
import { ImportedTokens } from './imported.tokens.js';
import { TokenEntity } from './token.entity.js';
import { isImportedSecret, isSecret } from './token.secret.js';
import { UnknownTokenLimit } from './unknown.token.limit.js';

/** From a secret to its token in the store, in whatever form its hash is stored. */
@Injectable()
export class TokenLookup {
  private readonly logger = new Logger(TokenLookup.name);

  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly hasher: TokenHasher,
    private readonly imported: ImportedTokens,
    private readonly limit: UnknownTokenLimit,
  ) {}

  /** False for what cannot be the secret of a token here; asks no store. */
  mayExist(secret: string): boolean {
    return isSecret(secret) || (this.imported.mayExist && isImportedSecret(secret));
  }

  /** The token of a secret; null for an unknown one. What comes by a request is limited by its address. */
  find(secret: string, request?: IncomingMessage): Promise<TokenEntity | null> {
    const hashes = this.hasher.candidates(secret);
    return request ? this.limit.lookUp(request, hashes[0]!, () => this.read(hashes)) : this.read(hashes);
  }

  private async read([present, ...older]: readonly string[]): Promise<TokenEntity | null> {
    const token = await this.tokens.findOneBy({ secretHash: In([present!, ...older]) });
    if (token && token.secretHash !== present) void this.hashAnew(token, present!);
    return token;
  }

  /**
   * Behind the answer: a token that is used is hashed with the current key from then on, so that the previous key can
   * go one day. What does not succeed now succeeds at a later use.
   */
  private async hashAnew({ id, secretHash }: TokenEntity, present: string): Promise<void> {
    await this.tokens
      .update({ id, secretHash }, { secretHash: present })
      .catch((error: unknown) => this.logger.debug({ msg: 'a token could not be hashed anew', id, err: error }));
  }
}
