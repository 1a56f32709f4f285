import { Injectable } from '@nestjs/common';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import type { Exchange } from '../../http/exchange.js';
import type { Networks } from '../../common/values/networks.js';
import { AppConfig } from '../../config/app.config.js';
import type { ProviderPolicy } from '../../config/provider/provider.js';
import { hasEncodedSlash } from '../../http/target.gate.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import { type BodyPrefix, readBodyPrefix } from '../body/body.prefix.js';
import { assertWebSocketAllowed, bodyRules } from '../body/body.rules.js';
import { inspectorOf } from '../body/body.inspector.js';
import { clientAddress } from '../../http/client.address.js';
import { Cors } from './cors.js';
import { DeadlineWatch } from '../../http/deadline.watch.js';
import { endpointRefusal } from '../../openai/endpoint.rules.js';
import { scopeRefusal, policyRefusal } from './policy.js';

/** More codings than any server undoes: a longer stack is an attack on the decoder (RFC 9110 §8.4). */
const MAX_CODINGS_LENGTH = 200;

/** Checks what a provider and a token allow, before the take. A request without policy and scope costs two field checks. */
@Injectable()
export class RequestRules {
  private readonly client: AppConfig['client'];
  private readonly trusted: Networks | undefined;
  /** The gate lets them in for the sake of one provider. */
  private readonly checksSlashes: boolean;

  constructor(
    config: AppConfig,
    private readonly cors: Cors,
    private readonly watch: DeadlineWatch,
  ) {
    this.client = config.client;
    this.trusted = config.trustedProxies;
    this.checksSlashes = config.providers.allowEncodedSlash;
  }

  /** Throws the ApiError of the first rule that the head of a request or handshake breaks. */
  assertAllowed(exchange: Exchange, token: UsableToken): void {
    const { policy } = token.upstream.provider;
    if (this.cors.providers) this.cors.narrow(exchange, policy);
    const refusal =
      (this.checksSlashes ? slashRefusal(exchange.path, policy) : undefined) ??
      endpointRefusal(exchange.path, policy?.allowsOrganization) ??
      (policy || token.scope ? this.restriction(exchange, token) : undefined) ??
      this.sizeRefusal(exchange);
    if (refusal) throw refusal;
  }

  /** The beginning of a body that a rule reads; undefined when none does. Throws or rejects with why it is refused. */
  bodyPrefix(exchange: Exchange, token: UsableToken): Promise<BodyPrefix> | undefined {
    if (!token.upstream.provider.policy && !token.scope) return undefined;
    const { request, path } = exchange;
    if (!exchange.response) {
      assertWebSocketAllowed(request.url!, token, path);
      return undefined;
    }
    const rules = bodyRules(exchange, token);
    return rules && readBodyPrefix(exchange, inspectorOf(request, rules), this.watch, this.client.stallTimeoutMs);
  }

  private restriction({ request, path }: Exchange, { scope, upstream }: UsableToken): ApiError | undefined {
    const { policy } = upstream.provider;
    const { headers, method = '' } = request;
    return (
      (policy && policyRefusal(policy, { method, path, headers })) ??
      (scope && scopeRefusal(scope, { path, ip: scope.networks ? clientAddress(request, this.trusted) : '' }))
    );
  }

  private sizeRefusal({ request, bodyLength }: Exchange): ApiError | undefined {
    const { maxRequestBytes } = this.client;
    if (maxRequestBytes > 0 && bodyLength !== undefined && bodyLength > maxRequestBytes)
      return errors.bodyTooLarge(maxRequestBytes);
    const codings = request.headers['content-encoding'];
    return codings !== undefined && codings.length > MAX_CODINGS_LENGTH
      ? errors.headerInvalid('Content-Encoding names too many codings')
      : undefined;
  }
}

/** Why a provider refuses a path that the gate has let in for the sake of another one. */
export const slashRefusal = (path: string, policy: ProviderPolicy | undefined): ApiError | undefined =>
  policy?.allowsEncodedSlash || !hasEncodedSlash(path)
    ? undefined
    : errors.targetInvalid('its path contains an encoded slash, which the rules of the provider do not allow');
