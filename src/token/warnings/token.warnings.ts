import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { Clock } from '../../common/values/clock.js';
import { instant } from '../../common/rest/field.rules.js';
import { AppConfig } from '../../config/app.config.js';
import { databaseNow } from '../../database/dialect/dialect.js';
import { type NoticeDraft, Notices } from '../../events/journal/notices.js';
import { TokenEntity } from '../token.entity.js';
import { type Outlook, outlookOf, type Stage } from './warning.stages.js';

/**
 * Warns operators of tokens that end: each stage once over all replicas and restarts. The row keeps where the next stage is,
 * and moves on when the warning is durable. A crash in between repeats the warning, and the store of events drops the second.
 */
@Injectable()
export class TokenWarnings {
  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly notices: Notices,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** The clock by which tokens expire. */
  async now(): Promise<number> {
    return databaseNow(this.tokens.manager.dataSource, this.clock.now());
  }

  /**
   * Sends what is due of these tokens. Returns those that must be looked at again: a warning was lost, or the token has changed
   * meanwhile.
   */
  async warn(tokens: readonly TokenEntity[], nowMs: number): Promise<readonly TokenEntity[]> {
    const { warnAt } = this.config.token;
    const looks = tokens.map((token) => ({ token, outlook: outlookOf(token, warnAt, nowMs) }));
    if (!this.notices.isOn) return this.warnInLog(looks);
    const sent = await Promise.all(looks.map(async ({ token, outlook }) => this.send(token, outlook)));
    const rest: TokenEntity[] = [];
    for (const [at, { token, outlook }] of looks.entries())
      if (!sent[at] || !(await this.moveOn(token, outlook))) rest.push(token);
    return rest;
  }

  /** Without the store of events the row alone decides which replica writes the line. */
  private async warnInLog(looks: readonly { token: TokenEntity; outlook: Outlook }[]): Promise<readonly TokenEntity[]> {
    const rest: TokenEntity[] = [];
    for (const { token, outlook } of looks)
      if (await this.moveOn(token, outlook)) await this.send(token, outlook);
      else rest.push(token);
    return rest;
  }

  private async send(token: TokenEntity, { due }: Outlook): Promise<boolean> {
    const sent = await Promise.all(due.map(async (stage) => this.notices.send(draftOf(token, stage))));
    return !sent.includes(false);
  }

  /** False when the token has changed, or another replica was faster. */
  private async moveOn(token: TokenEntity, { warnAt, warnCount }: Outlook): Promise<boolean> {
    if (warnAt === token.warnAt && warnCount === token.warnCount) return true;
    const { id, expiresAt, maxRequests } = token;
    const seen = {
      id,
      expiresAt,
      maxRequests: maxRequests ?? IsNull(),
      warnAt: token.warnAt,
      warnCount: token.warnCount,
    };
    return (await this.tokens.update(seen, { warnAt, warnCount })).affected === 1;
  }
}

function draftOf(token: TokenEntity, { of, percent, occasion }: Stage): NoticeDraft {
  const { id, name, projectId, expiresAt, maxRequests, requestCount } = token;
  const end = of === 'time' ? 'token.expired' : 'token.exhausted';
  const subject = `Token ${name === null ? id : JSON.stringify(name)}`;
  const left = Math.max(0, (maxRequests ?? 0) - requestCount);
  return {
    type: percent === 0 ? end : 'token.withering',
    subject: id,
    occasion,
    projectId,
    tokenId: id,
    message: {
      'token.expired': `${subject} expired at ${instant(expiresAt)}.`,
      'token.exhausted': `${subject} has used up its ${maxRequests} requests.`,
      time: `${subject} has at most ${percent} % of its lifetime left: it expires at ${instant(expiresAt)}.`,
      cap: `${subject} has at most ${percent} % of its requests left: ${left} of ${maxRequests}.`,
    }[percent === 0 ? end : of],
    ...(name === null ? {} : { fields: { token_name: name } }),
  };
}
