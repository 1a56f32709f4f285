import type { BoundedFields } from '../project/token.bounds.js';
import type { TokenEntity } from './token.entity.js';

/** What a project bounds of a token, besides its lifetime, as fields of the API. */
export const boundedFieldsOf = (token: TokenEntity): BoundedFields => ({
  max_requests: token.maxRequests,
  rate_limit_per_minute: token.rateLimitPerMinute,
  max_concurrent: token.maxConcurrent,
  allowed_models: token.allowedModels,
  allowed_endpoints: token.allowedEndpoints,
  allowed_ips: token.allowedIps,
});
