import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { TokenHasher } from '../crypto/token.hasher.js';
import { ImportedTokens } from './imported.tokens.js';
import { TokenEntity } from './token.entity.js';
import { isImportedSecret, isSecret } from './token.secret.js';

/** From a secret to its token in the store, in whatever form its hash is stored. */
@Injectable()
export class TokenLookup {
  private readonly logger = new Logger(TokenLookup.name);
  /** A look-up and what belongs to it take at most this long, in milliseconds. */
  readonly limitMs: number;

  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly hasher: TokenHasher,
    private readonly imported: ImportedTokens,
    { database }: AppConfig,
  ) {
    this.limitMs = database.statementTimeoutMs;
  }

  /** False for what cannot be the secret of a token here; asks no store. */
  mayExist(secret: string): boolean {
    return isSecret(secret) || (this.imported.mayExist && isImportedSecret(secret));
  }

  async find(secret: string): Promise<TokenEntity | null> {
    const [present, ...older] = this.hasher.candidates(secret);
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
