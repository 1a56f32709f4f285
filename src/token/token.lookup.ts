import type { IncomingMessage } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { TokenHasher } from '../crypto/token.hasher.js';
import { ImportedTokens } from './imported.tokens.js';
import { TokenEntity } from './token.entity.js';
import { isImportedSecret, isSecret } from './token.secret.js';
import { UnknownTokenLimit } from './unknown.token.limit.js';

/** Finds the token of a secret in the database, in every form that its hash may have. */
@Injectable()
export class TokenLookup {
  private readonly logger = new Logger(TokenLookup.name);
  /** The most that one request waits for a token and its project, in milliseconds. */
  readonly limitMs: number;
  /** Responses tell the expiry of their token, and what is left of it. */
  readonly showsHeaders: boolean;

  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly hasher: TokenHasher,
    private readonly imported: ImportedTokens,
    private readonly limit: UnknownTokenLimit,
    { database, token: { headers } }: AppConfig,
  ) {
    this.showsHeaders = headers;
    this.limitMs = database.statementTimeoutMs;
  }

  /** False for a text that cannot be the secret of a token. Runs no query. */
  mayExist(secret: string): boolean {
    return isSecret(secret) || (this.imported.mayExist && isImportedSecret(secret));
  }

  async findById(id: string): Promise<TokenEntity | null> {
    return this.tokens.findOneBy({ id });
  }

  /** Of the token that counts the requests of others. One that is gone gives them nothing. */
  async isCapped(accountId: string): Promise<boolean> {
    const account = await this.findById(accountId);
    return account === null || account.maxRequests !== null;
  }

  /** The token of a secret; null for an unknown one. Look-ups for requests are limited by their address. */
  find(secret: string, request?: IncomingMessage): Promise<TokenEntity | null> {
    const hashes = this.hasher.candidates(secret);
    return request ? this.limit.lookUp(request, hashes[0]!, () => this.read(hashes)) : this.read(hashes);
  }

  private async read([current, ...older]: readonly string[]): Promise<TokenEntity | null> {
    const token = await this.tokens.findOneBy({ secretHash: In([current!, ...older]) });
    if (token && token.secretHash !== current) void this.rehash(token, current!);
    return token;
  }

  /**
   * Hashes a used token with the current key, so that the previous key can be removed one day. The request does not wait.
   * After a failure, the next use tries again.
   */
  private async rehash({ id, secretHash }: TokenEntity, current: string): Promise<void> {
    await this.tokens
      .update({ id, secretHash }, { secretHash: current })
      .catch((error: unknown) =>
        this.logger.debug({ msg: 'a token could not be hashed with the current key', id, err: error }),
      );
  }
}
