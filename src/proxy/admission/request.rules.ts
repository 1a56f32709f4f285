import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { exchangeOf } from '../../http/exchange.js';
import { compileNetworks, type Networks } from '../../common/values/networks.js';
import { AppConfig } from '../../config/app.config.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import { type BodyPrefix, readBodyPrefix } from '../body/body.prefix.js';
import { assertWebSocketAllowed, bodyRules } from '../body/body.rules.js';
import { BodyInspector } from '../body/body.inspector.js';
import { clientAddress } from '../../http/client.address.js';
import { Cors } from './cors.js';
import { DeadlineWatch } from '../../http/deadline.watch.js';
import { endpointRefusal } from '../../openai/endpoint.rules.js';
import { scopeRefusal, policyRefusal } from './policy.js';
import { bodyFraming } from '../../http/request.body.js';

/** More than any server undoes: what is stacked higher is an attack on whoever tries (RFC 9110 §8.4). */
const MAX_CODINGS_LENGTH = 200;

/** What a provider and a token allow, judged before anything is taken. Unrestricted ones cost a look at two fields. */
@Injectable()
export class RequestRules {
  private readonly client: AppConfig['client'];
  private readonly trusted: Networks | undefined;

  constructor(
    config: AppConfig,
    private readonly cors: Cors,
    private readonly watch: DeadlineWatch,
  ) {
    this.client = config.client;
    if (config.trustedProxies.length > 0) this.trusted = compileNetworks(config.trustedProxies);
  }

  /** Throws why a request or a handshake is refused by its head. */
  assertAllowed(request: IncomingMessage, token: UsableToken): void {
    const { path } = exchangeOf(request);
    const { policy } = token.upstream.provider;
    if (this.cors.providers) this.cors.settle(request, policy);
    const fault =
      endpointRefusal(path, policy?.allowsOrganization) ??
      (policy || token.scope ? this.restriction(request, token, path) : undefined) ??
      this.sizeFault(request);
    if (fault) throw fault;
  }

  /** The beginning of a body that a rule reads; undefined when none does. Throws or rejects with why it is refused. */
  bodyPrefix(
    request: IncomingMessage,
    response: ServerResponse | undefined,
    token: UsableToken,
  ): Promise<BodyPrefix> | undefined {
    if (!token.upstream.provider.policy && !token.scope) return undefined;
    const { path } = exchangeOf(request);
    if (!response) assertWebSocketAllowed(request.url!, token, path);
    const rules = response && bodyRules(request, token, path);
    return (
      rules &&
      readBodyPrefix(request, response, BodyInspector.of(request, rules), this.watch, this.client.stallTimeoutMs)
    );
  }

  private restriction(request: IncomingMessage, token: UsableToken, path: string): ApiError | undefined {
    const { policy } = token.upstream.provider;
    const { headers, method = '' } = request;
    return (
      (policy && policyRefusal(policy, { method, path, headers })) ??
      (token.scope && scopeRefusal(token.scope, { path, ip: clientAddress(request, this.trusted) }))
    );
  }

  private sizeFault(request: IncomingMessage): ApiError | undefined {
    const { length } = bodyFraming(request);
    const { maxRequestBytes } = this.client;
    if (maxRequestBytes > 0 && length !== undefined && length > maxRequestBytes)
      return errors.bodyTooLarge(maxRequestBytes);
    const codings = request.headers['content-encoding'];
    return codings !== undefined && codings.length > MAX_CODINGS_LENGTH
      ? errors.headerInvalid('Content-Encoding names too many codings')
      : undefined;
  }
}
