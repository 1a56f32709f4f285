import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Networks } from '../../common/values/networks.js';
import { AppConfig } from '../../config/app.config.js';
import type { Grant } from '../../limits/grant.js';
import { Limits } from '../../limits/limits.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import { TokenLedger } from '../../token/token.ledger.js';
import { RequestCounter } from '../../token/request.counter.js';
import type { Account } from './caller.js';
import { clientAddress } from '../../http/client.address.js';

/** Counts what is let in: by its limits in time first, then against the token's cap. What the cap refuses, no limit has counted. */
@Injectable()
export class RequestCount {
  private readonly trusted: Networks | undefined;

  constructor(
    config: AppConfig,
    private readonly limits: Limits,
    private readonly ledger: TokenLedger,
    private readonly usage: RequestCounter,
  ) {
    this.trusted = config.trustedProxies;
  }

  /** Where it is counted, for giving it back; or the refusal as an ApiError. A promise only where a store has to be asked. */
  take(token: UsableToken, request: IncomingMessage, response?: ServerResponse): Account | Promise<Account> {
    if (!this.limits.appliesTo(token.limits)) return this.charge(token);
    const address = this.limits.needsAddress ? clientAddress(request, this.trusted) : '';
    const grant = this.limits.take(token.id, token.limits, address);
    const end = response ?? request.socket;
    return grant instanceof Promise
      ? grant.then((given) => this.chargeGranted(token, given, end))
      : this.chargeGranted(token, grant, end);
  }

  private chargeGranted(token: UsableToken, grant: Grant, end: Ending): Account | Promise<Account> {
    if (grant.hasSlot) releaseAtEnd(grant, end);
    const account = this.charge(token);
    if (account instanceof Promise) account.catch(() => grant.giveBack());
    return account;
  }

  private charge(token: UsableToken): Account | Promise<Account> {
    if (token.capped) return this.ledger.take(token).then(() => this.ledger);
    this.usage.count(token.id);
    return this.usage;
  }
}

/** What is closed when a request is over, whatever became of it: its answer, or the socket of a handshake. */
type Ending = Pick<EventEmitter, 'once'> & { readonly destroyed: boolean };

function releaseAtEnd(grant: Grant, end: Ending): void {
  if (end.destroyed) grant.release();
  else end.once('close', () => grant.release());
}
