import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { DataSource, type EntityManager, Like, Not } from 'typeorm';
import { StoreOpening } from '../database/store.opening.js';
import { ChangesSeen } from '../events/domain.events.js';
import { TokenEntity } from './token.entity.js';
import { PREFIX } from './token.secret.js';

/**
 * Whether the database holds tokens that another program issued: only then is their form worth a question to the store.
 * Looked for when the store is opened, and when an import says that everything changed.
 */
@Injectable()
export class ImportedTokens implements OnModuleInit {
  private readonly logger = new Logger(ImportedTokens.name);
  private mustLook = false;
  exist = false;

  constructor(
    private readonly store: StoreOpening,
    private readonly dataSource: DataSource,
  ) {}

  onModuleInit(): void {
    this.store.whenMigrated(async (manager) => this.look(manager));
  }

  @OnEvent(ChangesSeen.topic)
  async onChangesSeen({ everything }: ChangesSeen): Promise<void> {
    this.mustLook ||= everything;
    if (this.exist || !this.mustLook) return;
    await this.look(this.dataSource.manager).catch((error: unknown) =>
      this.logger.warn({
        msg: 'imported tokens could not be looked for: they are refused until the next change',
        err: error,
      }),
    );
  }

  /** Reads the table until it finds one. */
  private async look(manager: EntityManager): Promise<void> {
    this.exist = await manager.existsBy(TokenEntity, { secretDisplay: Not(Like(`${PREFIX}%`)) });
    this.mustLook = false;
  }
}
