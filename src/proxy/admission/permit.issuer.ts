import { Injectable } from '@nestjs/common';
import type { Networks } from '../../common/values/networks.js';
import { AppConfig } from '../../config/app.config.js';
import { clientAddress } from '../../http/client.address.js';
import type { Exchange } from '../../http/exchange.js';
import type { Grant } from '../../limits/grant.js';
import { Limits } from '../../limits/limits.js';
import { InFlightRegistry } from '../../token/in.flight.registry.js';
import { RequestCounter } from '../../token/ledger/request.counter.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import { CapCharge } from './cap.charge.js';
import { Permit } from './permit.js';

/** Counts an admitted request: by the limits in time first, then against the caps. What a cap refuses, no limit has counted. */
@Injectable()
export class PermitIssuer {
  private readonly trusted: Networks | undefined;

  constructor(
    config: AppConfig,
    private readonly limits: Limits,
    private readonly counter: RequestCounter,
    private readonly inFlight: InFlightRegistry,
    private readonly caps: CapCharge,
  ) {
    this.trusted = config.trustedProxies;
  }

  /** The permit, or the refusal as an ApiError thrown. A promise only where a database or Redis has to be asked. */
  issue(exchange: Exchange, token: UsableToken, since: number): Permit | Promise<Permit> {
    const waitedMs = exchange.databaseWaitedMs;
    if (!this.limits.appliesTo(token.limits)) return this.charge(token, since, waitedMs, undefined);
    const address = this.limits.needsAddress ? clientAddress(exchange.request, this.trusted) : '';
    // Tokens that share a cap share the limits too.
    const grant = this.limits.take(token.accountId ?? token.id, token.limits, address);
    return grant instanceof Promise
      ? grant.then((given) => this.charge(token, since, waitedMs, given))
      : this.charge(token, since, waitedMs, grant);
  }

  private charge(
    token: UsableToken,
    since: number,
    waitedMs: number,
    grant: Grant | undefined,
  ): Permit | Promise<Permit> {
    if (token.capped || token.upstream.capped) return this.chargeCapped(token, since, waitedMs, grant);
    this.counter.count(token.id);
    return new Permit(token, since, this.inFlight, this.counter, grant);
  }

  private async chargeCapped(
    token: UsableToken,
    since: number,
    waitedMs: number,
    grant: Grant | undefined,
  ): Promise<Permit> {
    try {
      const { account, remaining } = await this.caps.charge(token, waitedMs);
      return new Permit(token, since, this.inFlight, account, grant, remaining);
    } catch (error) {
      grant?.giveBack();
      throw error;
    }
  }
}
