import { Injectable, Logger } from '@nestjs/common';
import type { AuditDraft } from '../audit/row/audit.draft.js';
import { SYSTEM } from '../common/values/actor.js';
import { addressKey } from '../common/values/address.key.js';
import { Clock } from '../common/values/clock.js';
import { RepeatingTimer } from '../common/values/repeating.timer.js';
import { logLevelOf } from '../database/dialect/database.error.js';
import { Changes } from './changes.js';

const MINUTE_MS = 60_000;
/** Rows that strangers from one address, and all strangers together, get in a minute on this replica. */
export const ROWS_OF_ADDRESS = 60;
export const ROWS_OF_ALL = 600;
/** Rows of one transaction. */
const AT_ONCE = 100;
/** Addresses that the row of the calls without rows names. */
const MAX_ADDRESSES = 20;

interface Waiting {
  readonly draft: AuditDraft;
  done(): void;
  failed(error: unknown): void;
}

/**
 * The rows of calls without a valid credential. Anybody can make such calls, so their rows are bounded: those above the bound
 * are counted, and one row a minute has their number. Rows that wait for the same lock are written by one transaction.
 */
@Injectable()
export class DeniedRows {
  private readonly logger = new Logger(DeniedRows.name);
  private readonly timer = new RepeatingTimer(async () => this.tick());
  private minute = -1;
  private rows = 0;
  private readonly rowsByAddress = new Map<string, number>();
  private suppressed = 0;
  private readonly suppressedAddresses = new Set<string>();
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private isTicking = false;
  /** Calls that have no row of their own, since the start. */
  suppressedEver = 0;

  constructor(
    private readonly changes: Changes,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the row is committed, at once for a call above the bound. */
  async write(draft: AuditDraft): Promise<void> {
    this.turnMinute();
    if (!this.admits(draft)) return this.suppress(draft);
    await new Promise<void>((done, failed) => {
      this.waiting.push({ draft, done, failed });
      this.writing ??= this.writeWaiting().finally(() => (this.writing = undefined));
    });
  }

  /** Writes what is counted. Throws what the database throws. */
  async close(): Promise<void> {
    this.timer.close();
    this.turnMinute();
    await this.writeSuppressed();
  }

  private admits({ call }: AuditDraft): boolean {
    const address = addressKey(call?.clientIp ?? '');
    const rows = this.rowsByAddress.get(address) ?? 0;
    if (this.rows >= ROWS_OF_ALL || rows >= ROWS_OF_ADDRESS) return false;
    this.rows += 1;
    this.rowsByAddress.set(address, rows + 1);
    return true;
  }

  private suppress({ call }: AuditDraft): void {
    this.suppressed += 1;
    this.suppressedEver += 1;
    if (this.suppressedAddresses.size < MAX_ADDRESSES) this.suppressedAddresses.add(addressKey(call?.clientIp ?? ''));
    if (this.isTicking) return;
    this.isTicking = true;
    this.timer.startIn(MINUTE_MS);
  }

  /** The bounds are those of a minute of the clock. */
  private turnMinute(): void {
    const minute = Math.floor(this.clock.now() / MINUTE_MS);
    if (minute === this.minute) return;
    this.minute = minute;
    this.rows = 0;
    this.rowsByAddress.clear();
  }

  /** One transaction after the other: those that come meanwhile are written together. */
  private async writeWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, AT_ONCE);
      await this.changes.record(batch.map(({ draft }) => draft)).then(
        () => batch.forEach(({ done }) => done()),
        (error: unknown) => batch.forEach(({ failed }) => failed(error)),
      );
    }
  }

  private async tick(): Promise<number> {
    await this.writeSuppressed().catch((error: unknown) => {
      this.logger[logLevelOf(error)]({ msg: 'refused calls cannot be counted in the audit log yet', err: error });
    });
    return MINUTE_MS;
  }

  /** One row for all calls that were counted since the last one. */
  async writeSuppressed(): Promise<void> {
    const { suppressed } = this;
    if (suppressed === 0) return;
    const addresses = [...this.suppressedAddresses];
    this.suppressed = 0;
    this.suppressedAddresses.clear();
    try {
      await this.changes.record([suppressedRow(suppressed, addresses)]);
    } catch (error) {
      this.suppressed += suppressed;
      for (const address of addresses) this.suppressedAddresses.add(address);
      throw error;
    }
  }
}

const suppressedRow = (suppressed: number, addresses: readonly string[]): AuditDraft => ({
  action: 'auth.denied',
  actor: SYSTEM,
  call: undefined,
  outcome: 'denied',
  metadata: { suppressed, addresses },
});
