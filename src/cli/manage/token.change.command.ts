import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import type { UpdateToken } from '../../token/token.dto.js';
import { DescribedCommand } from './fields/described.command.js';
import { describedFieldsOf, type DescribedOptions } from './fields/described.options.js';
import type { ManageOptions } from './manage.command.js';
import {
  type AllowList,
  allowList,
  allowListOf,
  type Cap,
  instant,
  type Limit,
  limit,
  limitOf,
  maxRequestsOf,
  notEmpty,
} from '../terminal/option.values.js';

const LIST = 'repeatable, or separated by commas; "any" removes the restriction';

export interface TokenChangeOptions extends ManageOptions, DescribedOptions {
  name?: string;
  maxRequests?: Cap;
  rateLimitPerMinute?: Limit;
  maxConcurrent?: Limit;
  expiresAt?: string;
  allowedModel?: AllowList;
  allowedEndpoint?: AllowList;
  allowedIp?: AllowList;
}

/** The options as fields of the management API. */
export const tokenFieldsOf = (options: TokenChangeOptions): UpdateToken => ({
  name: options.name,
  max_requests: maxRequestsOf(options.maxRequests),
  rate_limit_per_minute: limitOf(options.rateLimitPerMinute),
  max_concurrent: limitOf(options.maxConcurrent),
  expires_at: options.expiresAt,
  allowed_models: allowListOf(options.allowedModel),
  allowed_endpoints: allowListOf(options.allowedEndpoint),
  allowed_ips: allowListOf(options.allowedIp),
  ...describedFieldsOf(options),
});

/** A command that creates or changes a token. */
@Injectable()
export abstract class TokenChangeCommand extends DescribedCommand {
  @Option({ flags: '--name <name>', description: 'what the token is for' })
  parseName(value: string): string {
    return notEmpty('--name', value);
  }

  @Option({ flags: '--expires-at <time>', description: 'expiry as an RFC 3339 time, such as 2027-01-31T12:00:00Z' })
  parseExpiresAt(value: string): string {
    return instant('--expires-at', value);
  }

  @Option({ flags: '--rate-limit-per-minute <n|none>', description: 'requests per minute, across all replicas' })
  parseRateLimitPerMinute(value: string): Limit {
    return limit('--rate-limit-per-minute', value);
  }

  @Option({
    flags: '--max-concurrent <n|none>',
    description: 'concurrent requests and WebSockets, across all replicas',
  })
  parseMaxConcurrent(value: string): Limit {
    return limit('--max-concurrent', value);
  }

  @Option({
    flags: '--allowed-model <glob>',
    description: `model that the token may use, such as gpt-4o-*; ${LIST}`,
  })
  parseAllowedModel(value: string, before?: AllowList): AllowList {
    return allowList('--allowed-model', value, before);
  }

  @Option({
    flags: '--allowed-endpoint <pattern>',
    description: `path that the token may call, such as /v1/files/* or /v1/threads/**; ${LIST}`,
  })
  parseAllowedEndpoint(value: string, before?: AllowList): AllowList {
    return allowList('--allowed-endpoint', value, before);
  }

  @Option({
    flags: '--allowed-ip <cidr>',
    description: `client address or network that may use the token, such as 10.0.0.0/8; ${LIST}`,
  })
  parseAllowedIp(value: string, before?: AllowList): AllowList {
    return allowList('--allowed-ip', value, before);
  }
}
