import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { errors } from '../../common/errors/errors.js';
import { exchangeOf } from '../../http/exchange.js';
import { InFlightRegistry } from '../../token/in.flight.registry.js';
import { TokenAuthenticator, TokenChanged, type UsableToken } from '../../token/token.authenticator.js';
import type { KnownToken } from '../../token/token.cache.js';
import type { BodyPrefix } from '../body/body.prefix.js';
import { type Account, Caller } from './caller.js';
import { RequestCount } from './request.count.js';
import { RequestRules } from './request.rules.js';
import { UpstreamBreaker } from './upstream.breaker.js';

/** Who asks; a handshake has no response. */
interface Asker {
  readonly request: IncomingMessage;
  readonly response: ServerResponse | undefined;
}

/** Who may pass: a usable token, an allowed endpoint, a body that may be sent, and last one request taken. For requests and sockets alike. */
@Injectable()
export class Admission {
  constructor(
    private readonly authenticator: TokenAuthenticator,
    private readonly rules: RequestRules,
    private readonly breaker: UpstreamBreaker,
    private readonly count: RequestCount,
    private readonly live: InFlightRegistry,
  ) {}

  /**
   * The caller, or the refusal as an ApiError thrown. `credential` is undefined when there is none, null when it is
   * malformed; a handshake has no `response`. Answers without a promise when memory knows the token and it has no cap and no shared limit: the common case costs no microtask.
   */
  admit(
    request: IncomingMessage,
    credential: string | null | undefined,
    response?: ServerResponse,
  ): Caller | Promise<Caller> {
    if (credential === undefined) throw errors.tokenMissing();
    if (credential === null) throw errors.tokenMalformed();
    const since = this.live.epoch;
    const token = this.authenticator.identify(credential);
    return token instanceof Promise
      ? token.then((loaded) => this.judge(request, loaded, since, response))
      : this.judge(request, token, since, response);
  }

  private judge(
    request: IncomingMessage,
    token: KnownToken,
    since: number,
    response: ServerResponse | undefined,
  ): Caller | Promise<Caller> {
    const exchange = exchangeOf(request);
    exchange.tokenId = token.id;
    exchange.projectId = token.projectId;
    this.authenticator.assertUsable(token);
    this.rules.assertAllowed(request, token);
    const held = this.rules.bodyPrefix(request, response, token);
    if (held) return this.admitHeld({ request, response }, held, token, since);
    const admitted = this.pass(token, since, request, response);
    if (!(admitted instanceof Promise)) return admitted;
    return admitted.catch(async (error: unknown) => {
      if (!(error instanceof TokenChanged)) throw error;
      const now = this.live.epoch;
      return this.judge(request, await this.authenticator.reload(token.id), now, response);
    });
  }

  /** While a body was read, the token may have been changed: it is looked up again then. */
  private async admitHeld(
    { request, response }: Asker,
    held: Promise<BodyPrefix>,
    token: UsableToken,
    since: number,
  ): Promise<Caller> {
    const body = await held;
    let known = since;
    let judged = token;
    for (;;) {
      if (known !== this.live.epoch) {
        known = this.live.epoch;
        judged = await this.reloaded(request, judged);
      }
      try {
        const caller = await this.pass(judged, known, request, response);
        caller.bodyPrefix = body;
        return caller;
      } catch (error) {
        if (!(error instanceof TokenChanged)) throw error;
      }
    }
  }

  /** The token as it is now, if what was read of the body was judged by the same rules. */
  private async reloaded(request: IncomingMessage, judged: UsableToken): Promise<UsableToken> {
    const now = await this.authenticator.reload(judged.id);
    const isRuledAlike = now.scope?.text === judged.scope?.text && now.upstream.provider === judged.upstream.provider;
    if (!isRuledAlike) throw errors.tokenChanged();
    this.rules.assertAllowed(request, now);
    return now;
  }

  private pass(
    token: UsableToken,
    since: number,
    request: IncomingMessage,
    response: ServerResponse | undefined,
  ): Caller | Promise<Caller> {
    this.breaker.assertMayPass(token.upstream.origin, token.projectId);
    const account = this.count.take(token, request, response);
    return account instanceof Promise
      ? account.then((found) => this.callerOf(token, since, found))
      : this.callerOf(token, since, account);
  }

  private callerOf(token: UsableToken, since: number, account: Account): Caller {
    return new Caller(token, since, this.live, account);
  }
}
