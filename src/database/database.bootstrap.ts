import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { Lifecycle } from '../http/lifecycle.js';
import { openForMaintenance } from './data.source.js';
import { Migrator } from './migrator.js';
import { databaseRefusal } from './dialect/database.error.js';
import { ReadyGate } from './pools/ready.gate.js';

/** A server that does not answer by then is waited for while we listen and say that we are not ready. */
const START_WAIT_MS = 1500;
const ASK_AGAIN_MS = 500;

/** Throws StartError when the program may not run on this store. Repeated when the store fails in between. */
export type DatabaseCheck = (manager: EntityManager) => Promise<void>;

/** Brings the store into the state the program needs, and opens the gate: migrations first, then the checks of the rooms. */
@Injectable()
export class DatabaseBootstrap implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DatabaseBootstrap.name);
  private readonly stopped = new AbortController();
  private readonly checks: DatabaseCheck[] = [];
  private readonly lastSteps: DatabaseCheck[] = [];
  private opening: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: AppConfig,
    private readonly dataSource: DataSource,
    private readonly gate: ReadyGate,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** To be called before the application has started. */
  whenMigrated(check: DatabaseCheck): void {
    this.checks.push(check);
  }

  /** As `whenMigrated`, once every check has passed: what others see of us is written then. */
  whenChecked(step: DatabaseCheck): void {
    this.lastSteps.push(step);
  }

  /** Throws a refusal of the first moments. A later refusal ends the running server, with the exit code of the refusal. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.database.driver === 'sqlite') return this.open(this.dataSource);
    let firstTry!: () => void;
    const tried = new Promise<void>((resolve) => (firstTry = resolve));
    this.opening = this.keepTrying(firstTry);
    await Promise.race([this.opening, tried, sleep(START_WAIT_MS)]);
    this.opening.catch((refusal: unknown) => this.lifecycle.fail(refusal));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    await this.opening.catch(() => undefined);
  }

  private async keepTrying(triedOnce: () => void): Promise<void> {
    for (let told = false; !this.gate.isOpen && !this.stopped.signal.aborted; told = true) {
      try {
        await this.migrate();
      } catch (error) {
        const refusal = databaseRefusal(error);
        if (refusal) throw refusal;
        if (!told) this.logger.warn({ msg: 'the database cannot be opened yet', err: error });
        triedOnce();
        await sleep(ASK_AGAIN_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      }
    }
  }

  private async migrate(): Promise<void> {
    const entities = this.dataSource.entityMetadatas.map(({ target }) => target as new () => object);
    const { signal } = this.stopped;
    const limitMs = this.config.database.statementTimeoutMs;
    const store = await openForMaintenance(this.config.database, entities, limitMs, signal);
    try {
      const done = await new Migrator(store).up(signal);
      if (done.length > 0) this.logger.log({ msg: 'migrated', migrations: done });
      await this.open(store);
    } finally {
      await store.destroy();
    }
  }

  private async open({ manager }: DataSource): Promise<void> {
    for (const check of [...this.checks, ...this.lastSteps]) await check(manager);
    this.gate.isOpen = true;
  }
}
