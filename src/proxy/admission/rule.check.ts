import { Injectable } from '@nestjs/common';
import { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { AppConfig } from '../../config/app.config.js';
import type { ProviderPolicy } from '../../config/provider/provider.js';
import { targetProblem } from '../../http/target.gate.js';
import { endpointRefusal } from '../../openai/endpoint.rules.js';
import { ProjectLedger } from '../../project/ledger/project.ledger.js';
import { TokenViews } from '../../token/status/token.views.js';
import { TokenAuthenticator, type UsableToken } from '../../token/token.authenticator.js';
import type { TokenEntity } from '../../token/token.entity.js';
import { modelRefusal } from '../body/body.rules.js';
import type { CheckRequest, Rule, VerdictView } from './check.dto.js';
import { policyRefusal, scopeRefusal } from './policy.js';
import { slashRefusal } from './request.rules.js';

interface Refusal {
  readonly rule: Rule;
  readonly error: ApiError;
}

/** The rules that a token, its project or provider breaks before any request is looked at. */
const UNUSABLE: Readonly<Record<string, Rule>> = {
  token_inactive: 'is_active',
  token_expired: 'expires_at',
  project_inactive: 'project',
  provider_unknown: 'provider',
  upstream_auth_error: 'project',
};

/**
 * Judges a request that is not sent, by the functions and in the order of the admission. Nothing is taken and nothing is
 * counted. Limits in time and the state of the upstream, which the next moment changes, are not judged.
 */
@Injectable()
export class RuleCheck {
  private readonly allowsSlashes: boolean;

  constructor(
    private readonly authenticator: TokenAuthenticator,
    private readonly views: TokenViews,
    private readonly projects: ProjectLedger,
    config: AppConfig,
  ) {
    this.allowsSlashes = config.providers.allowEncodedSlash;
  }

  /** Throws `validation_failed` when the token is bound to networks and no address is given, and `store_unavailable`. */
  async check(token: TokenEntity, asked: CheckRequest): Promise<VerdictView> {
    const refusal = await this.refusalOf(token, asked);
    if (!refusal) return { allowed: true };
    const { rule, error } = refusal;
    return { allowed: false, code: error.code, message: error.message, rule };
  }

  private async refusalOf(token: TokenEntity, asked: CheckRequest): Promise<Refusal | undefined> {
    const problem = targetProblem(asked.path, this.allowsSlashes);
    if (problem) return { rule: 'path', error: errors.targetInvalid(problem) };
    const usable = await this.usable(token.id);
    if ('rule' in usable) return usable;
    return headRefusal(usable, asked) ?? bodyRefusal(usable, asked) ?? (await this.capRefusal(token, usable));
  }

  private async usable(id: string): Promise<UsableToken | Refusal> {
    try {
      return await this.authenticator.reload(id);
    } catch (error) {
      const rule = error instanceof ApiError ? UNUSABLE[error.code] : undefined;
      if (rule === undefined) throw error;
      return { rule, error: error as ApiError };
    }
  }

  private async capRefusal(token: TokenEntity, { capped, upstream }: UsableToken): Promise<Refusal | undefined> {
    if (capped && (await this.views.one(token)).status === 'exhausted')
      return { rule: 'max_requests', error: errors.tokenExhausted() };
    const error = upstream.capped ? await this.projects.exhaustion(token.projectId) : undefined;
    return error && { rule: 'project', error };
  }
}

function headRefusal({ upstream, scope }: UsableToken, asked: CheckRequest): Refusal | undefined {
  const { policy } = upstream.provider;
  const { path, ip = '' } = asked;
  const endpoint = slashRefusal(path, policy) ?? endpointRefusal(path, policy?.allowsOrganization);
  if (endpoint) return { rule: endpoint.code === 'not_found' ? 'path' : 'provider', error: endpoint };
  const byPolicy = policy && policyRefusal(policy, summaryOf(asked, policy));
  if (byPolicy) return { rule: 'provider', error: byPolicy };
  if (scope?.networks && ip === '') throw errors.fieldInvalid('ip', 'is needed: the token is bound to networks');
  const error = scope && scopeRefusal(scope, { path, ip });
  return error && { rule: error.code === 'ip_not_allowed' ? 'allowed_ips' : 'allowed_endpoints', error };
}

/** With every header that the provider requires, but for the origin: only that one has rules for its value. */
function summaryOf({ method, path, origin }: CheckRequest, { requiredHeaders }: ProviderPolicy) {
  const required = requiredHeaders.filter((name) => name !== 'origin').map((name) => [name, 'x']);
  return { method, path, headers: { ...Object.fromEntries(required), ...(origin !== undefined && { origin }) } };
}

function bodyRefusal(token: UsableToken, asked: CheckRequest): Refusal | undefined {
  const error = modelRefusal(token, asked);
  return error && { rule: error.code === 'model_not_allowed' ? 'allowed_models' : 'provider', error };
}
