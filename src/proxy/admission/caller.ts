import type { IncomingMessage } from 'node:http';
import type { RevocationHandle, Revocable, InFlightRegistry } from '../../token/in.flight.registry.js';
import type { BodyPrefix } from '../body/body.prefix.js';
import type { CorsHeaders } from './cors.js';
import type { UsableToken } from '../../token/token.authenticator.js';

/** Where a take is counted, and given back. */
export interface Account {
  giveBack(tokenId: string): void | Promise<void>;
}

/** Who makes a proxied request, after admission. */
export class Caller implements RevocationHandle {
  endsAt: number;
  slot: RevocationHandle['slot'];
  private taken = true;
  /** What was read of the body already, because a rule had to. */
  bodyPrefix: BodyPrefix | undefined;
  /** What the answer carries for the page that made the request. */
  cors: CorsHeaders | undefined;

  constructor(
    readonly token: UsableToken,
    readonly since: number,
    private readonly live: InFlightRegistry,
    private readonly account: Account,
  ) {
    this.endsAt = live.endOf(token.expiresAt);
  }

  /** Gives the take back, once: only when no byte of the request reached the upstream. */
  giveBack(): void {
    if (!this.taken) return;
    this.taken = false;
    void this.account.giveBack(this.token.id);
  }

  /** From now on the exchange is ended when the token is revoked. */
  began(exchange: Revocable): void {
    this.live.add(exchange);
  }

  ended(exchange: Revocable): void {
    this.endsAt = Infinity;
    this.live.delete(exchange);
  }
}

const CALLER = Symbol('llm-proxy:caller');
type Carrier = IncomingMessage & { [CALLER]?: Caller };

export function setCaller(request: IncomingMessage, caller: Caller): void {
  (request as Carrier)[CALLER] = caller;
}

/** The caller the guard admitted. */
export function callerOf(request: IncomingMessage): Caller {
  const caller = (request as Carrier)[CALLER];
  if (!caller) throw new Error('the route has no withering-token guard');
  return caller;
}
