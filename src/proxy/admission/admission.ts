import { Injectable } from '@nestjs/common';
import { errors } from '../../common/errors/errors.js';
import type { Exchange } from '../../http/exchange.js';
import { Events } from '../../events/events.js';
import { InFlightRegistry } from '../../token/in.flight.registry.js';
import { TokenAuthenticator, TokenChanged, type UsableToken } from '../../token/token.authenticator.js';
import type { KnownToken } from '../../token/token.cache.js';
import type { BodyPrefix } from '../body/body.prefix.js';
import { credentialRefusal } from './credential.refusal.js';
import type { Permit } from './permit.js';
import { PermitIssuer } from './permit.issuer.js';
import { RequestRules } from './request.rules.js';
import { UpstreamBreaker } from './upstream.breaker.js';

/**
 * Decides what may pass: a usable token, an allowed endpoint, a body that may be sent, and last one take. For HTTP
 * requests and WebSocket handshakes alike.
 */
@Injectable()
export class Admission {
  constructor(
    private readonly authenticator: TokenAuthenticator,
    private readonly rules: RequestRules,
    private readonly breaker: UpstreamBreaker,
    private readonly issuer: PermitIssuer,
    private readonly inFlight: InFlightRegistry,
    private readonly events: Events,
  ) {}

  /**
   * Puts the permit on the exchange, or throws the refusal as an ApiError. `credential` is undefined when there is none,
   * null when it is malformed. Gives no promise when memory knows the token and it has no cap and no shared limit: the
   * common case costs no microtask.
   */
  admit(exchange: Exchange, credential: string | null | undefined): void | Promise<void> {
    if (credential === undefined || credential === null) throw credentialRefusal(exchange.request, credential);
    const since = this.inFlight.epoch;
    const token = this.authenticator.identify(credential, exchange.request);
    return token instanceof Promise
      ? timed(exchange, token).then((loaded) => this.judge(exchange, loaded, since))
      : this.judge(exchange, token, since);
  }

  private judge(exchange: Exchange, token: KnownToken, since: number): void | Promise<void> {
    exchange.tokenId = token.id;
    exchange.projectId = token.projectId;
    this.authenticator.assertUsable(token);
    this.rules.assertAllowed(exchange, token);
    const reading = this.rules.bodyPrefix(exchange, token);
    if (reading) return this.admitLate(exchange, token, since, reading);
    const permit = this.take(exchange, token, since);
    if (!(permit instanceof Promise)) return this.begin(exchange, permit);
    return permit.then(
      (issued) => this.begin(exchange, issued),
      (error: unknown) => {
        if (!(error instanceof TokenChanged)) throw error;
        return this.admitLate(exchange, token, undefined, undefined);
      },
    );
  }

  /**
   * Takes for a token that may have changed since it was judged, while the body was read or the database was asked: it is
   * read and judged again until it stays the same. `since` is undefined when it is known to have changed.
   */
  private async admitLate(
    exchange: Exchange,
    token: UsableToken,
    since: number | undefined,
    reading: Promise<BodyPrefix> | undefined,
  ): Promise<void> {
    let prefix = await reading;
    let judged = token;
    let known = since;
    for (;;) {
      if (known !== this.inFlight.epoch) {
        known = this.inFlight.epoch;
        judged = await this.reloaded(exchange, judged, prefix);
        prefix ??= await this.rules.bodyPrefix(exchange, judged);
        continue;
      }
      try {
        const permit = await this.take(exchange, judged, known);
        permit.bodyPrefix = prefix;
        return await this.begin(exchange, permit);
      } catch (error) {
        if (!(error instanceof TokenChanged)) throw error;
        known = undefined;
      }
    }
  }

  /** The token as it is now. What was read of the body was judged by the rules of that time: they must be the same. */
  private async reloaded(
    exchange: Exchange,
    judged: UsableToken,
    prefix: BodyPrefix | undefined,
  ): Promise<UsableToken> {
    const now = await timed(exchange, this.authenticator.reload(judged.id));
    const isRuledAlike = now.scope?.text === judged.scope?.text && now.upstream.provider === judged.upstream.provider;
    if (prefix && !isRuledAlike) throw errors.tokenChanged();
    this.rules.assertAllowed(exchange, now);
    return now;
  }

  /** A promise only where the start of an exchange has to be durable before anything goes upstream. */
  private begin(exchange: Exchange, permit: Permit): void | Promise<void> {
    exchange.admit(permit);
    return this.events.isOn ? this.events.journal.begun(exchange) : undefined;
  }

  private take(exchange: Exchange, token: UsableToken, since: number): Permit | Promise<Permit> {
    this.breaker.assertMayPass(token.upstream.origin, token.projectId);
    return this.issuer.issue(exchange, token, since);
  }
}

/** Records the duration of a look-up: it and the take share one limit. */
async function timed<T>(exchange: Exchange, lookUp: Promise<T>): Promise<T> {
  const beganAt = performance.now();
  const result = await lookUp;
  exchange.databaseWaitedMs = performance.now() - beganAt;
  return result;
}
