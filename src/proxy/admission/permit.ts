import type { Exchange, ExchangePermit } from '../../http/exchange.js';
import type { Grant } from '../../limits/grant.js';
import type { InFlightRegistry, Revocable, RevocationHandle } from '../../token/in.flight.registry.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import type { BodyPrefix } from '../body/body.prefix.js';

/** Where a take is counted, and given back. */
export interface Account {
  giveBack(tokenId: string): void | Promise<void>;
}

/** An admitted request: its token, its take, its grant of limits in time, and its slot in the in-flight registry. */
export class Permit implements ExchangePermit, RevocationHandle {
  expiresAt: number;
  endsAt: number;
  slot: RevocationHandle['slot'];
  /** What a rule has read of the body already. */
  bodyPrefix: BodyPrefix | undefined;
  private isSettled = false;
  private revocable: Revocable | undefined;

  constructor(
    readonly token: UsableToken,
    /** The registry's epoch when the admission began. */
    readonly since: number,
    private readonly inFlight: InFlightRegistry,
    private readonly account: Account,
    /** Of the limits in time; undefined when none applies. */
    private readonly grant: Grant | undefined,
    /** Requests that are left of the cap; undefined when there is none, or nothing asks. */
    readonly remaining?: number,
  ) {
    this.expiresAt = token.expiresAt;
    this.endsAt = inFlight.endOf(token);
  }

  /** From now on the exchange is ended when the token is revoked. */
  watch(revocable: Revocable): void {
    this.revocable = revocable;
    this.inFlight.add(revocable);
  }

  /** From now on nothing ends the exchange on behalf of the token. */
  unwatch(): void {
    this.endsAt = Infinity;
    if (this.revocable) this.inFlight.delete(this.revocable);
    this.revocable = undefined;
  }

  release(): void {
    this.isSettled = true;
    this.unwatch();
    this.grant?.release();
  }

  giveBack(): void {
    if (!this.isSettled) void this.account.giveBack(this.token.id);
    this.release();
  }
}

/** The permit that the guard has put on an exchange. */
export function permitOf({ permit }: Exchange): Permit {
  if (permit instanceof Permit) return permit;
  throw new Error('the route has no withering-token guard');
}
