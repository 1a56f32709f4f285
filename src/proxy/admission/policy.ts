import type { IncomingHttpHeaders } from 'node:http';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import type { ProviderPolicy } from '../../config/provider/provider.js';
import type { TokenScope } from '../../token/token.scope.js';

export interface RequestSummary {
  method: string;
  /** Without its query, unchanged: the text that is forwarded. */
  path: string;
  headers: IncomingHttpHeaders;
}

/** Why a provider's policy refuses a request, by its head alone. */
export function policyRefusal(policy: ProviderPolicy, { method, path, headers }: RequestSummary): ApiError | undefined {
  const { origin } = headers;
  if (origin !== undefined && policy.origins && !policy.origins.has(origin)) return errors.originNotAllowed(origin);
  if (policy.endpoints && !policy.endpoints.allows(path)) return errors.endpointNotAllowed('the provider');
  if (policy.methods && !policy.methods.includes(method)) return errors.methodNotAllowed(policy.methods.join(', '));
  return missingHeaderFault(policy, headers);
}

function missingHeaderFault({ requiredHeaders }: ProviderPolicy, headers: IncomingHttpHeaders): ApiError | undefined {
  const missing = requiredHeaders.find((name) => !headers[name]);
  if (missing === undefined) return undefined;
  return missing === 'origin' ? errors.originRequired() : errors.headerRequired(missing);
}

/** Why a token may not be used at this path or from this address. Models are named in the body and checked there. */
export function scopeRefusal(
  { endpoints, networks }: TokenScope,
  { path, ip }: { path: string; ip: string },
): ApiError | undefined {
  if (networks && !networks.includes(ip)) return errors.ipNotAllowed(ip);
  return endpoints && !endpoints.allows(path) ? errors.endpointNotAllowed('the withering token') : undefined;
}
