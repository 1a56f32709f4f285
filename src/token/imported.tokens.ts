import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Like, Not, Repository } from 'typeorm';
import { DatabaseBootstrap } from '../database/database.bootstrap.js';
import { TokensInvalidated } from '../changes/tokens.invalidated.js';
import { TokenEntity } from './token.entity.js';
import { PREFIX } from './token.secret.js';

const LOOK_AGAIN_MS = 5000;

/**
 * Whether the database holds tokens that another program issued: only then is their form worth a question to the store.
 * Looked for when the store is opened, and when an import says that everything changed. As long as the store has not
 * said that there are none, there may be some: a good token is not refused because the store is away.
 */
@Injectable()
export class ImportedTokens implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(ImportedTokens.name);
  /** Undefined while it is not known. */
  private found: boolean | undefined;
  /** How often what was known became void: an answer to an earlier question says nothing. */
  private doubts = 0;
  private timer: NodeJS.Timeout | undefined;
  private hasStopped = false;

  constructor(
    private readonly store: DatabaseBootstrap,
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
  ) {}

  get mayExist(): boolean {
    return this.found !== false;
  }

  onModuleInit(): void {
    this.store.whenMigrated(async (manager) => this.look(manager));
  }

  beforeApplicationShutdown(): void {
    this.hasStopped = true;
    clearTimeout(this.timer);
  }

  @OnEvent(TokensInvalidated.topic)
  async onChangesSeen({ everything }: TokensInvalidated): Promise<void> {
    if (!everything || this.found === true) return;
    this.found = undefined;
    this.doubts += 1;
    await this.lookAgain();
  }

  private async lookAgain(): Promise<void> {
    clearTimeout(this.timer);
    try {
      await this.look(this.tokens.manager);
    } catch (error) {
      this.logger.warn({ msg: 'imported tokens could not be looked for: what may be one is asked for', err: error });
      if (!this.hasStopped) this.timer = setTimeout(() => void this.lookAgain(), LOOK_AGAIN_MS).unref();
    }
  }

  /** Reads the table until it finds one. */
  private async look(manager: EntityManager): Promise<void> {
    const { doubts } = this;
    const found = await manager.existsBy(TokenEntity, { secretDisplay: Not(Like(`${PREFIX}%`)) });
    if (doubts === this.doubts) this.found = found;
  }
}
