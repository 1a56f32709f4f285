import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { instant } from '../common/rest/field.rules.js';
import { Notices } from '../events/journal/notices.js';
import type { Exchange } from '../http/exchange.js';
import type { ExchangeObserver } from '../http/exchange.observers.js';
import { TokenEntity } from './token.entity.js';

/** A token is looked up at most once in this time: an app repeats a refused request many times. */
const EVERY_MS = 60_000;
/** Above it, tokens are forgotten: each is then looked up once more. */
const MAX_TOKENS = 10_000;

/** Tells operators of a token that is refused because its time or its requests are over, once for each end of it. */
@Injectable()
export class TokenNotices implements ExchangeObserver {
  /** When each token was last looked up, by code and id. */
  private readonly lookedUp = new Map<string, number>();

  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly notices: Notices,
  ) {}

  onClosed({ code, tokenId }: Exchange): void {
    if (tokenId === undefined || (code !== 'token_expired' && code !== 'token_exhausted')) return;
    const key = `${code} ${tokenId}`;
    const now = performance.now();
    if (now - (this.lookedUp.get(key) ?? -Infinity) < EVERY_MS) return;
    if (this.lookedUp.size >= MAX_TOKENS) this.lookedUp.clear();
    this.lookedUp.set(key, now);
    void this.tell(tokenId, code === 'token_expired');
  }

  private async tell(tokenId: string, isExpired: boolean): Promise<void> {
    const token = await this.tokens.findOneBy({ id: tokenId }).catch(() => null);
    if (!token) return;
    const { projectId, expiresAt, maxRequests } = token;
    this.notices.send({
      type: isExpired ? 'token.expired' : 'token.exhausted',
      subject: tokenId,
      occasion: isExpired ? expiresAt : (maxRequests ?? 0),
      projectId,
      tokenId,
      message: isExpired
        ? `A token was refused: it expired at ${instant(expiresAt)}.`
        : `A token was refused: it has used up its ${maxRequests ?? 0} requests.`,
    });
  }
}
