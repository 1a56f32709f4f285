import { Injectable } from '@nestjs/common';
import { ProjectChanged, ProjectLedger, type ProjectReceipt } from '../../project/ledger/project.ledger.js';
import { RequestCounter } from '../../token/ledger/request.counter.js';
import { TokenChanged, type UsableToken } from '../../token/token.authenticator.js';
import { TokenInvalidation } from '../../token/token.invalidation.js';
import { TokenLedger } from '../../token/ledger/token.ledger.js';
import type { Account } from './permit.js';

/** What a request of a capped project is charged to. */
export interface Charged {
  readonly account: Account;
  /** As TokenLedger gives it. */
  readonly remaining: number | undefined;
}

/** A take from the token and from its project. */
class ProjectAccount implements Account {
  constructor(
    private readonly ofToken: Account,
    private readonly projects: ProjectLedger,
    private readonly receipt: ProjectReceipt,
  ) {}

  giveBack(tokenId: string): void {
    void this.projects.giveBack(this.receipt);
    void this.ofToken.giveBack(tokenId);
  }
}

/**
 * Charges requests of projects with a cap: the token first, the project last. A request that its project grants goes
 * upstream, so that no other one is refused for a take that is given back a moment later. Both takes are statements on one
 * row each, without a transaction: they cannot deadlock. A process that is killed between them has counted one request too
 * many on the token, never one too few.
 */
@Injectable()
export class ProjectCharge {
  constructor(
    private readonly projects: ProjectLedger,
    private readonly ledger: TokenLedger,
    private readonly counter: RequestCounter,
    private readonly invalidation: TokenInvalidation,
  ) {}

  /** Throws the refusal, or TokenChanged when the request has to be judged again. Then nothing is charged. */
  async charge(token: UsableToken, waitedMs: number): Promise<Charged> {
    const beganAt = performance.now();
    const remaining = token.capped ? await this.ledger.take(token, waitedMs) : undefined;
    const receipt = await this.takeFromProject(token, waitedMs + performance.now() - beganAt);
    if (!token.capped) this.counter.count(token.id);
    const ofToken = token.capped ? this.ledger : this.counter;
    return { account: new ProjectAccount(ofToken, this.projects, receipt), remaining };
  }

  private async takeFromProject(token: UsableToken, waitedMs: number): Promise<ProjectReceipt> {
    try {
      return await this.projects.take(token, waitedMs);
    } catch (error) {
      // Before the request is judged again: it may take the token's last one.
      if (token.capped) await this.ledger.giveBack(token.id);
      if (!(error instanceof ProjectChanged)) throw error;
      this.invalidation.invalidateProject(token.projectId);
      throw new TokenChanged();
    }
  }
}
