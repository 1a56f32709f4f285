import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditChain } from '../audit/audit.chain.js';
import { ChainVerification } from '../audit/chain.verification.js';
import { RepeatingTimer } from '../common/values/repeating.timer.js';
import { logLevelOf } from '../database/dialect/database.error.js';

const EVERY_MS = 24 * 60 * 60 * 1000;
const FIRST_AFTER_MS = 60 * 1000;

/** Logs the head of the audit log once a day: a log that is kept elsewhere then proves all rows before it. */
@Injectable()
export class AuditHeadLog implements OnApplicationBootstrap {
  private readonly logger = new Logger(AuditHeadLog.name);
  private readonly timer = new RepeatingTimer(async () => this.logNow());

  constructor(
    private readonly verification: ChainVerification,
    private readonly chain: AuditChain,
  ) {}

  onApplicationBootstrap(): void {
    if (this.chain.isOn) this.timer.startIn(FIRST_AFTER_MS);
  }

  close(): void {
    this.timer.close();
  }

  /** Logs the head; nothing when there is none. Throws `audit_broken`. */
  async log(): Promise<void> {
    const head = await this.verification.head();
    if (!head) return;
    const { public_key: _publicKey, ...line } = head;
    this.logger.log({ msg: 'audit head', ...line });
  }

  private async logNow(): Promise<number> {
    await this.log().catch((error: unknown) => {
      this.logger[logLevelOf(error)]({
        msg: 'the head of the audit log cannot be read',
        err: error,
      });
    });
    return EVERY_MS;
  }
}
