import { Injectable } from '@nestjs/common';
import { ProjectChanged, ProjectLedger, type ProjectReceipt } from '../../project/ledger/project.ledger.js';
import { RequestCounter } from '../../token/ledger/request.counter.js';
import { TokenLedger } from '../../token/ledger/token.ledger.js';
import { TokenChanged, type UsableToken } from '../../token/token.authenticator.js';
import { TokenInvalidation } from '../../token/token.invalidation.js';
import type { Account } from './permit.js';

/** What a request is charged to. */
interface Charged {
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
 * Charges requests against the caps of their token and project: the token first, the project last. A request that its
 * project grants goes upstream, so that no other one is refused for a take that is given back a moment later. Both takes are
 * statements on one row each, without a transaction: they cannot deadlock. A process that is killed between them has counted
 * one request too many on the token, never one too few.
 */
@Injectable()
export class CapCharge {
  constructor(
    private readonly projects: ProjectLedger,
    private readonly ledger: TokenLedger,
    private readonly counter: RequestCounter,
    private readonly invalidation: TokenInvalidation,
  ) {}

  /**
   * Charges a token that has a cap, or whose project has one. Throws the refusal, or TokenChanged when the request has to be
   * judged again. Then nothing is charged.
   */
  async charge(token: UsableToken, waitedMs: number): Promise<Charged> {
    if (!token.capped) return this.chargeProject(token, waitedMs);
    const beganAt = performance.now();
    const remaining = await this.ledger.take(token, waitedMs);
    if (!token.upstream.capped) return { account: this.ledger, remaining };
    try {
      const receipt = await this.takeFromProject(token, waitedMs + performance.now() - beganAt);
      return { account: new ProjectAccount(this.ledger, this.projects, receipt), remaining };
    } catch (error) {
      // Before the request is judged again: it may take the token's last one.
      await this.ledger.giveBack(token.id);
      throw error;
    }
  }

  private async chargeProject(token: UsableToken, waitedMs: number): Promise<Charged> {
    const receipt = await this.takeFromProject(token, waitedMs);
    this.counter.count(token.id);
    return { account: new ProjectAccount(this.counter, this.projects, receipt), remaining: undefined };
  }

  private async takeFromProject(token: UsableToken, waitedMs: number): Promise<ProjectReceipt> {
    try {
      return await this.projects.take(token, waitedMs);
    } catch (error) {
      if (!(error instanceof ProjectChanged)) throw error;
      this.invalidation.invalidateProject(token.projectId);
      throw new TokenChanged();
    }
  }
}
