import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { Lifecycle } from '../http/lifecycle.js';
import { openForMaintenance } from './data.source.js';
import { DurabilityWatch } from './durability.watch.js';
import { Migrator } from './migrator.js';
import { databaseRefusal } from './dialect/database.error.js';
import { ReadyGate } from './pools/ready.gate.js';

/** A start waits this long for the database server. After that the program listens and reports that it is not ready. */
const START_WAIT_MS = 1500;
const RETRY_MS = 500;

/** Throws StartupError when the program may not use this database. Runs again when the database fails in between. */
export type DatabaseCheck = (manager: EntityManager) => Promise<void>;

/** Prepares the database and opens the gate: first the migrations, then the checks that the modules have added. */
@Injectable()
export class DatabaseBootstrap implements OnApplicationBootstrap {
  private readonly logger = new Logger(DatabaseBootstrap.name);
  private readonly stopped = new AbortController();
  private readonly checks: DatabaseCheck[] = [];
  private readonly finalSteps: DatabaseCheck[] = [];
  private opening: Promise<void> = Promise.resolve();
  /** The names of the migrations that this process has run. */
  applied: readonly string[] = [];

  constructor(
    private readonly config: AppConfig,
    private readonly dataSource: DataSource,
    private readonly gate: ReadyGate,
    private readonly durability: DurabilityWatch,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** Adds a check that runs after the migrations. Call it before the application starts. */
  addCheck(check: DatabaseCheck): void {
    this.checks.push(check);
  }

  /** Adds a step that runs after all checks have passed, such as a write that other replicas read. */
  addFinalStep(step: DatabaseCheck): void {
    this.finalSteps.push(step);
  }

  /** Throws a refusal of the first moments. A later refusal ends the running server, with the exit code of the refusal. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.database.driver === 'sqlite') return this.open(this.dataSource);
    let onFirstTry!: () => void;
    const firstTry = new Promise<void>((resolve) => (onFirstTry = resolve));
    this.opening = this.keepTrying(onFirstTry);
    await Promise.race([this.opening, firstTry, sleep(START_WAIT_MS)]);
    this.opening.catch((refusal: unknown) => this.lifecycle.fail(refusal));
  }

  async close(): Promise<void> {
    this.stopped.abort();
    this.durability.close();
    await this.opening.catch(() => undefined);
  }

  private async keepTrying(onFirstTry: () => void): Promise<void> {
    for (let isLogged = false; !this.gate.isOpen && !this.stopped.signal.aborted; isLogged = true) {
      try {
        await this.migrate();
      } catch (error) {
        const refusal = databaseRefusal(error);
        if (refusal) throw refusal;
        if (!isLogged) this.logger.warn({ msg: 'the database cannot be opened yet', err: error });
        onFirstTry();
        await sleep(RETRY_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      }
    }
  }

  private async migrate(): Promise<void> {
    const entities = this.dataSource.entityMetadatas.map(({ target }) => target as new () => object);
    const { signal } = this.stopped;
    const limitMs = this.config.database.statementTimeoutMs;
    const maintenance = await openForMaintenance(this.config.database, entities, limitMs, signal);
    try {
      await this.durability.assertAtStart(maintenance);
      const applied = await new Migrator(maintenance).up(signal);
      if (applied.length > 0) this.logger.log({ msg: 'migrated', migrations: applied });
      this.applied = [...this.applied, ...applied];
      await this.open(maintenance);
      this.durability.watch();
    } finally {
      await maintenance.destroy();
    }
  }

  private async open({ manager }: DataSource): Promise<void> {
    for (const check of [...this.checks, ...this.finalSteps]) await check(manager);
    this.gate.isOpen = true;
  }
}
