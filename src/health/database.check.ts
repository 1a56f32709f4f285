import { Injectable, Logger } from '@nestjs/common';
import { withTimeout } from '../common/values/with.timeout.js';
import { DatabaseUnreachable } from '../database/dialect/database.error.js';
import { DatabaseService } from '../database/database.service.js';
import { type Durability, DurabilityWatch } from '../database/durability.watch.js';

/** A database that does not respond within this time is down. */
const CHECK_LIMIT_MS = 1000;

/** Whether the database responds. It logs when that changes. */
@Injectable()
export class DatabaseCheck {
  private readonly logger = new Logger(DatabaseCheck.name);
  private wasUp = true;
  /** The running check; concurrent requests share it. */
  private checking: Promise<boolean> | undefined;

  constructor(
    private readonly database: DatabaseService,
    private readonly watch: DurabilityWatch,
  ) {}

  /** Undefined for a SQLite file. */
  get durability(): Durability | undefined {
    return this.watch.current;
  }

  async isUp(): Promise<boolean> {
    this.checking ??= this.check().finally(() => (this.checking = undefined));
    return this.checking;
  }

  private async check(): Promise<boolean> {
    const failure = await withTimeout(CHECK_LIMIT_MS, this.database.check()).then(
      () => undefined,
      (error: unknown) => error,
    );
    const isUp = failure === undefined;
    // Without a connection nothing can be read either, which is reported where changes are read.
    const level = failure instanceof DatabaseUnreachable ? 'debug' : 'error';
    if (!isUp && this.wasUp) this.logger[level]({ msg: 'the database does not respond', err: failure });
    if (isUp && !this.wasUp) this.logger.log('the database responds again');
    this.wasUp = isUp;
    return isUp;
  }
}
