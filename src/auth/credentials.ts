import { Injectable, Logger } from '@nestjs/common';
import { type Actor, FORMER_ROOT, ROOT } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { SecretMatcher } from '../common/values/constant.time.js';
import { AppConfig } from '../config/app.config.js';
import { OperatorDirectory } from './operator.directory.js';
import { OPERATOR_SECRETS } from './operator.secret.js';

/** The line on the previous management token is logged this often at most. */
const WARN_EVERY_MS = 3_600_000;

/** The credentials of the management API: the management token, the one before it, and those of operators. */
@Injectable()
export class Credentials {
  private readonly logger = new Logger(Credentials.name);
  private readonly current: SecretMatcher;
  private readonly previous: SecretMatcher | undefined;
  private warnedAt = -Infinity;

  constructor(
    { managementToken, previousManagementToken }: AppConfig,
    private readonly operators: OperatorDirectory,
    private readonly clock: Clock,
  ) {
    this.current = new SecretMatcher(managementToken);
    this.previous = previousManagementToken === undefined ? undefined : new SecretMatcher(previousManagementToken);
  }

  /**
   * Compares the management tokens in constant time, then looks among the operators in memory by hash. The database is asked
   * after a change of operators, and at each call of a known one while changes cannot be followed.
   */
  async find(credential: string): Promise<Actor | undefined> {
    const isCurrent = this.current.matches(credential);
    // Both are compared: the time does not tell which of them matched.
    const isPrevious = this.previous?.matches(credential) ?? false;
    if (isCurrent) return ROOT;
    if (isPrevious) {
      this.warn();
      return FORMER_ROOT;
    }
    return this.mayBeStored(credential) ? this.operators.find(credential) : undefined;
  }

  /** True for a text that this program may have issued to an operator: the others cost no query. */
  mayBeStored(credential: string): boolean {
    return OPERATOR_SECRETS.matches(credential);
  }

  /** Asks the database. */
  async read(credential: string): Promise<Actor | undefined> {
    return this.operators.read(credential);
  }

  private warn(): void {
    const now = this.clock.now();
    if (now - this.warnedAt < WARN_EVERY_MS) return;
    this.warnedAt = now;
    this.logger.warn({ msg: 'a client still uses the previous management token: give it the new one' });
  }
}
