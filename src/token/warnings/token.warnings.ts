import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Clock } from '../../common/values/clock.js';
import { instant } from '../../common/rest/field.rules.js';
import { AppConfig } from '../../config/app.config.js';
import { databaseNow } from '../../database/dialect/dialect.js';
import { type NoticeDraft, Notices } from '../../events/journal/notices.js';
import { TokenEntity } from '../token.entity.js';
import { scheduleOf, type Stage, type WarningSchedule } from './warning.stages.js';

/** A token as it was read, and its warnings at that time. */
interface Look {
  readonly token: TokenEntity;
  readonly schedule: WarningSchedule;
}

const isMoving = ({ token, schedule }: Look): boolean =>
  schedule.warnAt !== token.warnAt || schedule.warnCount !== token.warnCount;

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
    const looks = tokens.map((token) => ({ token, schedule: scheduleOf(token, warnAt, nowMs) }));
    const due = looks.filter(({ schedule }) => schedule.due.length > 0);
    const rest = await this.passOver(looks.filter(({ schedule }) => schedule.due.length === 0));
    return [...rest, ...(this.notices.isOn ? await this.warnOnce(due) : await this.warnInLog(due))];
  }

  /** All tokens without a warning move on in one statement. When one of them has changed meanwhile, all are looked at again. */
  private async passOver(looks: readonly Look[]): Promise<readonly TokenEntity[]> {
    const moving = looks.filter(isMoving);
    if (moving.length === 0) return [];
    return (await moveOn(this.tokens, moving)) === moving.length ? [] : moving.map(({ token }) => token);
  }

  /** The store of events decides which replica writes the line. */
  private async warnOnce(looks: readonly Look[]): Promise<readonly TokenEntity[]> {
    const sent = await Promise.all(looks.map(async (look) => this.send(look)));
    const rest: TokenEntity[] = [];
    for (const [at, look] of looks.entries()) if (!sent[at] || !(await this.moveOn(look))) rest.push(look.token);
    return rest;
  }

  /** Without the store of events the row alone decides which replica writes the line. */
  private async warnInLog(looks: readonly Look[]): Promise<readonly TokenEntity[]> {
    const rest: TokenEntity[] = [];
    for (const look of looks)
      if (await this.moveOn(look)) await this.send(look);
      else rest.push(look.token);
    return rest;
  }

  private async send({ token, schedule }: Look): Promise<boolean> {
    const sent = await Promise.all(schedule.due.map(async (stage) => this.notices.send(draftOf(token, stage))));
    return !sent.includes(false);
  }

  /** False when the token has changed, or another replica was faster. */
  private async moveOn(look: Look): Promise<boolean> {
    return !isMoving(look) || (await moveOn(this.tokens, [look])) === 1;
  }
}

/**
 * Writes when the tokens are to be looked at next, in one statement. It leaves out those that an operator has changed since
 * they were read, or that another replica has moved on. Returns how many it wrote.
 */
async function moveOn(tokens: Repository<TokenEntity>, looks: readonly Look[]): Promise<number> {
  const ids = looks.map(({ token }) => token.id);
  /** The numbers are in the text, because PostgreSQL reads a parameter there as text. */
  const byId = (value: (look: Look) => string): string =>
    `CASE id ${looks.map((look, i) => `WHEN :id${i} THEN ${value(look)}`).join(' ')} END`;
  const { affected } = await tokens
    .createQueryBuilder()
    .update()
    .set({
      warnAt: () => byId(({ schedule }) => String(schedule.warnAt)),
      warnCount: () => byId(({ schedule }) => String(schedule.warnCount)),
    })
    .where('id IN (:...ids)', { ids })
    .andWhere(byId(asRead))
    .setParameters(Object.fromEntries(ids.map((id, i) => [`id${i}`, id])))
    .execute();
  return affected ?? 0;
}

/** Every change of an operator has another revision. */
const asRead = ({ token: { revision, warnAt, warnCount } }: Look): string =>
  `revision = ${revision} AND warn_at = ${warnAt} AND warn_count = ${warnCount}`;

function draftOf(token: TokenEntity, { of, percent, key }: Stage): NoticeDraft {
  const { id, name, projectId, expiresAt, maxRequests, requestCount } = token;
  const end = of === 'time' ? 'token.expired' : 'token.exhausted';
  const subject = `Token ${name === null ? id : JSON.stringify(name)}`;
  const left = Math.max(0, (maxRequests ?? 0) - requestCount);
  return {
    type: percent === 0 ? end : 'token.withering',
    subject: id,
    occasion: key,
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
