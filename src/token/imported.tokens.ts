import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Like, Not, Repository } from 'typeorm';
import { DatabaseBootstrap } from '../database/database.bootstrap.js';
import { Invalidated } from '../changes/invalidated.js';
import { TokenEntity } from './token.entity.js';
import { PREFIX } from './token.secret.js';

const RETRY_MS = 5000;

/**
 * Knows whether the database has tokens that another program issued: only then can a secret of their form exist. It looks
 * when the database is opened, and when everything is invalid, as after an import. Until it has found none, such tokens may
 * exist: a valid token is not refused because the database is down.
 */
@Injectable()
export class ImportedTokens implements OnModuleInit {
  private readonly logger = new Logger(ImportedTokens.name);
  /** Undefined until a look has succeeded. */
  private found: boolean | undefined;
  /** Counts invalidations: the result of a look that began before one is outdated. */
  private epoch = 0;
  private timer: NodeJS.Timeout | undefined;
  private hasStopped = false;

  constructor(
    private readonly bootstrap: DatabaseBootstrap,
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
  ) {}

  get mayExist(): boolean {
    return this.found !== false;
  }

  onModuleInit(): void {
    this.bootstrap.addCheck(async (manager) => this.look(manager));
  }

  close(): void {
    this.hasStopped = true;
    clearTimeout(this.timer);
  }

  @OnEvent(Invalidated.topic)
  async onInvalidated({ everything }: Invalidated): Promise<void> {
    if (!everything || this.found === true) return;
    this.found = undefined;
    this.epoch += 1;
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    clearTimeout(this.timer);
    try {
      await this.look(this.tokens.manager);
    } catch (error) {
      this.logger.warn({
        msg: 'imported tokens could not be looked for: secrets of their form are looked up until it succeeds',
        err: error,
      });
      if (!this.hasStopped) this.timer = setTimeout(() => void this.refresh(), RETRY_MS).unref();
    }
  }

  /** Reads the table up to the first imported token. */
  private async look(manager: EntityManager): Promise<void> {
    const { epoch } = this;
    const found = await manager.existsBy(TokenEntity, { secretDisplay: Not(Like(`${PREFIX}%`)) });
    if (epoch === this.epoch) this.found = found;
  }
}
