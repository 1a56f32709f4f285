import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/app.config.js';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import { type HarmfulSettings, harmfulSettings } from './dialect/durability.settings.js';

const LOOK_EVERY_MS = 10_000;

/** `full`: what the database has acknowledged survives a crash and a power cut. `relaxed`: it may not. */
export type Durability = 'full' | 'relaxed' | 'unknown';

/**
 * Whether the database keeps what it has acknowledged: exact caps and revocations rest on it. A server that does not is
 * refused at the start. One that changes while it is in use is reported and used: a refusal would turn the risk into an
 * outage, and would not bring back a revocation.
 */
@Injectable()
export class DurabilityWatch {
  private readonly logger = new Logger(DurabilityWatch.name);
  private readonly isStrict: boolean;
  private timer: NodeJS.Timeout | undefined;
  /** What was logged last, so that it is logged once. */
  private known = '';
  /** Undefined for SQLite, where `SQLITE_SYNCHRONOUS` decides. */
  current: Durability | undefined;

  constructor(
    private readonly dataSource: DataSource,
    { database }: AppConfig,
  ) {
    this.isStrict = database.durability === 'strict';
    this.current = database.driver === 'sqlite' ? undefined : 'unknown';
  }

  /** Throws StartupError for settings that this program does not work with, or not with exact caps. */
  async assertAtStart(dataSource: DataSource): Promise<void> {
    const harmful = await harmfulSettings(dataSource);
    if (harmful.refuses.length > 0) throw refusal(harmful.refuses);
    if (this.isStrict && harmful.forgets.length > 0) throw refusal([...harmful.forgets.map(forgotten), CHOICE]);
    this.report(harmful);
  }

  /** Looks at the settings now and then, until `close`. */
  watch(): void {
    this.timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Does nothing while the database does not respond. */
  async look(): Promise<void> {
    const harmful = await harmfulSettings(this.dataSource).catch(() => undefined);
    if (harmful) this.report(harmful);
  }

  private report(harmful: HarmfulSettings): void {
    this.current = harmful.forgets.length > 0 ? 'relaxed' : 'full';
    const settings = [...harmful.refuses, ...harmful.forgets, ...harmful.tears];
    const isNew = settings.join() !== this.known;
    this.known = settings.join();
    if (!isNew) return;
    if (settings.length === 0) this.logger.log({ msg: 'the database keeps what it acknowledges again' });
    else if (harmful.refuses.length > 0) this.logger.error({ msg: 'the database server refuses to write', settings });
    else if (harmful.forgets.length > 0) this.reportForgetting(settings);
    else
      this.logger.warn({
        msg: 'a power cut may damage the database, unless its storage writes pages at once',
        settings,
      });
  }

  private reportForgetting(settings: readonly string[]): void {
    const level = this.isStrict ? 'error' : 'warn';
    this.logger[level]({
      msg: 'the database may forget what it acknowledges: caps may be overrun and revocations undone',
      settings,
    });
  }
}

const forgotten = (setting: string): string => `the server may forget acknowledged commits (${setting})`;
const CHOICE = 'caps are not exact on such a server: change the setting, or accept it with DATABASE_DURABILITY=relaxed';

const refusal = (problems: readonly string[]): StartupError =>
  new StartupError(
    EXIT.config,
    problems.map((problem) => `DATABASE_URL ${problem}`),
  );
