import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, In, Repository } from 'typeorm';
import type { Actor } from '../../common/values/actor.js';
import { errors } from '../../common/errors/errors.js';
import { TokenHasher } from '../../crypto/token.hasher.js';
import { TokenEntity } from '../token.entity.js';
import { displayForm } from '../token.secret.js';

/** Finds a token by what a reader has of it. */
@Injectable()
export class TokenFinder {
  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly hasher: TokenHasher,
  ) {}

  /**
   * The token with this secret or display form, revoked and expired ones too. Throws `token_not_found`, for a token of a
   * project that the actor does not see too, and `token_ambiguous` when several have the display form.
   */
  async find({ projects }: Actor, text: string): Promise<TokenEntity> {
    const seen = projects ? { projectId: In([...projects]) } : {};
    const [token, another] = await this.tokens.find({ where: { ...this.matching(text), ...seen }, take: 2 });
    if (another) throw errors.tokenAmbiguous();
    if (!token) throw errors.noMatchingToken();
    return token;
  }

  /** A secret has no ellipsis. */
  private matching(text: string): FindOptionsWhere<TokenEntity> {
    const display = displayForm(text);
    return display.includes('…') ? { secretDisplay: display } : { secretHash: In(this.hasher.candidates(text)) };
  }
}
