import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager, Like, Not } from 'typeorm';
import { StoreOpening } from '../database/store.opening.js';
import { TokenEntity } from './token.entity.js';
import { PREFIX } from './token.secret.js';

/** Whether the database holds tokens that another program issued: only then is their form worth a question to the store. */
@Injectable()
export class ImportedTokens implements OnModuleInit {
  exist = false;

  constructor(private readonly store: StoreOpening) {}

  onModuleInit(): void {
    this.store.whenMigrated(async (manager) => this.look(manager));
  }

  /** Looks again: after the start, tokens are imported into a database that is in use. Reads the table until it finds one. */
  async look(manager: EntityManager): Promise<void> {
    this.exist ||= await manager.existsBy(TokenEntity, { secretDisplay: Not(Like(`${PREFIX}%`)) });
  }
}
